from tests.backends.contract.test_templates_sagas_health import *  # noqa: F403 - the contract, on this service
