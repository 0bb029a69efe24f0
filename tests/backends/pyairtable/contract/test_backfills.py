from tests.backends.contract.test_backfills import *  # noqa: F403 - the contract, on this service
