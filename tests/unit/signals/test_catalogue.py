from pipeline.policy.model import Signals
from pipeline.policy.reasons import LANGUAGES, templates
from pipeline.signals.catalogue import SIGNALS
from tests.build import default_policy

BESIDE = {"prior", "store_closed", "guess", "brake", "ruling", "notice", "unanswered", "closure_due"}


def test_catalogue_policy_and_templates_name_the_same_signals() -> None:
    codes = [code for code, _, _ in SIGNALS]
    assert sorted(codes) == sorted(Signals.model_fields)
    for language in LANGUAGES:
        assert set(templates(language)) == {*codes, *BESIDE}


def test_the_sign_of_a_weight_fits_its_group() -> None:
    for code, group, _ in SIGNALS:
        assert (getattr(default_policy().signals, code).weight < 0) == (group == "favour"), code
