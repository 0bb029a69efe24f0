from tests.backends.contract.test_runs import *  # noqa: F403 - the contract, on this service
