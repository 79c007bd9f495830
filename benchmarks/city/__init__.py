"""A city's week on one machine: every publication against every profile, from the bus to planned deliveries.

::

    material: profiles, subscriptions and publications → bus and store   (before the clock runs)
    role:     a matcher, or a notifier's intake and planner, as a process of its own
    week:     how long each stage takes alone, all together, without the guarantees, embedded; what the broker alone takes
    latency:  publications at a steady rate; how long from acceptance to the alert in the channel's hands
"""
