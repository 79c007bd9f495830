"""The bus on Apache Kafka, over aiokafka.

aiokafka's producer and fetcher are used as they are. Membership of a group is this package's own (`membership`): what the
port promises about work of a lost partition needs the generation at hand, and aiokafka keeps it to itself.
"""
