"""All that can be done in the portal, in one bundle; each face is given it."""

from services.portal.desk.changing_password import ChangingPassword
from services.portal.desk.curating import Curating
from services.portal.desk.deliveries import Deliveries
from services.portal.desk.destinations import Destinations
from services.portal.desk.erasing_data import ErasingData
from services.portal.desk.events import Events
from services.portal.desk.exporting import Exporting
from services.portal.desk.exporting_data import ExportingData
from services.portal.desk.fields import Fields
from services.portal.desk.following import Following
from services.portal.desk.following_up import FollowingUp
from services.portal.desk.health import Healths
from services.portal.desk.holdings import Holdings
from services.portal.desk.inbox import Inbox
from services.portal.desk.inviting import Inviting
from services.portal.desk.joining import Joining
from services.portal.desk.joining_subscriptions import JoiningSubscriptions
from services.portal.desk.keeping import Keeping
from services.portal.desk.leftovers import Leftovers
from services.portal.desk.marking import Marking
from services.portal.desk.matches import Matches
from services.portal.desk.means import make_means
from services.portal.desk.one_tap import OneTap
from services.portal.desk.passwords import Passwords
from services.portal.desk.people import People
from services.portal.desk.profiles import Profiles
from services.portal.desk.proofs import Proofs
from services.portal.desk.sharing import Sharing
from services.portal.desk.sign_in import SignIn
from services.portal.desk.subscriptions import Subscriptions
from services.portal.desk.tightening import Tightenings
from services.portal.desk.waiting import WaitingAlerts
from shared.runtime.role import Surroundings


class Desk:
    """The desk of one installation.

    Args:
        around: the portal's surroundings.
        passwords: with other parameters in tests.
    """

    def __init__(self, around: Surroundings, *, passwords: Passwords | None = None) -> None:
        self.around = around
        self._passwords = passwords or Passwords()
        self.means = means = make_means(around, self._passwords)
        self.audit = means.audit
        self.organisations = means.organisations
        self.sessions = means.sessions
        self.tokens = means.tokens
        self.consents = means.consents
        self.devices = means.devices
        self.sign_in = SignIn(means)
        self.joining = Joining(means)
        self.inviting = Inviting(means)
        self.people = People(means)
        self.changing_password = ChangingPassword(means)
        holdings = Holdings.of(around)
        self.profiles = Profiles(around, self.audit, holdings)
        self.destinations = Destinations(around, self.audit, holdings)
        self.proofs = Proofs(around, self.audit, self.destinations)
        self.subscriptions = Subscriptions(around, self.audit, holdings)
        self.exporting_data = ExportingData(means)
        self.erasing_data = ErasingData(
            means,
            self.people,
            profiles=self.profiles,
            destinations=self.destinations,
            subscriptions=self.subscriptions,
        )
        self.events = Events(around, self.audit)
        self.deliveries = Deliveries(around, self.audit, holdings, self.events)
        self.fields = Fields(around)
        self.following = Following(around, self.audit, self.fields, self.profiles)
        leftovers = Leftovers(
            around,
            holdings,
            profiles=self.profiles,
            destinations=self.destinations,
            subscriptions=self.subscriptions,
        )
        self.keeping = Keeping(means, self.erasing_data, leftovers, self.following)
        self.curating = Curating(around, self.audit, self.following)
        self.matches = Matches(around, holdings)
        self.marking = Marking(around, self.matches)
        self.joining_subscriptions = JoiningSubscriptions(self.subscriptions)
        self.one_tap = OneTap(self.destinations, self.subscriptions, self.joining_subscriptions)
        self.healths = Healths(around, holdings)
        self.waiting = WaitingAlerts(around, holdings)
        self.inbox = Inbox(around, holdings, self.people)
        self.following_up = FollowingUp(around, self.audit, self.inbox, self.people)
        self.tightenings = Tightenings(around, self.profiles)
        self.sharing = Sharing(around, self.audit, self.inbox)
        self.exporting = Exporting(around, self.audit, self.inbox, self.people)

    def close(self) -> None:
        """Let go of threads."""
        self._passwords.close()
