"""deploy/kubernetes: valid, complete, hardened, and in agreement with the program, for the base and for production."""

import json
import shutil
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from kubernetes_validate import validate  # type: ignore[import-untyped]
from typer.core import TyperGroup
from typer.main import get_command

from pipeline.cli.main import app
from pipeline.flow import STAGES
from pipeline.kafka.app import make_app
from pipeline.policy.loader import default_text, parse
from pipeline.settings import Settings, variable
from tests.deploy.kustomize import Resource, config_map_references, containers, files, pod_of, render

FOLDER = Path("deploy/kubernetes")
BASE = FOLDER / "base"
PRODUCTION = FOLDER / "overlays" / "production"
CRDS = Path(__file__).with_name("crds")
OLDEST, NEWEST = "1.27", "1.37"  # of Kubernetes
KAFKA_SECRET = "takedown-kafka"  # made by whoever runs Kafka; never in this repository
CLOSING = 5.0  # seconds that a worker takes beyond drain_timeout, at most
SASL_OF_KEDA = {"PLAIN": "plaintext", "SCRAM-SHA-256": "scram_sha256", "SCRAM-SHA-512": "scram_sha512"}

every_variant = pytest.mark.parametrize("folder", [BASE, PRODUCTION], ids=["base", "production"])


@cache
def rendered(folder: Path) -> tuple[Resource, ...]:
    return tuple(render(folder))


def of_kind(folder: Path, *kinds: str) -> dict[str, Resource]:
    return {each["metadata"]["name"]: each for each in rendered(folder) if each["kind"] in kinds}


def workloads(folder: Path) -> dict[str, Resource]:
    return of_kind(folder, "StatefulSet", "Deployment", "Job")


def pods(folder: Path) -> dict[str, Resource]:
    return {name: pod for name, each in workloads(folder).items() if (pod := pod_of(each)) is not None}


def environment(folder: Path, container: Resource) -> dict[str, str]:
    """Return the variables of a container; those from a Secret with a value of their own."""
    maps = of_kind(folder, "ConfigMap")
    found = {key: text for source in container.get("envFrom", ()) for key, text in maps[source["configMapRef"]["name"]]["data"].items()}
    return found | {each["name"]: each.get("value", "from a Secret") for each in container.get("env", ())}


def settings_of(folder: Path) -> Mapping[str, str]:
    return next(each["data"] for name, each in of_kind(folder, "ConfigMap").items() if name.startswith("takedown-settings-"))


def selects(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    return selector.items() <= labels.items()


def labels_of(pod: Resource) -> Mapping[str, str]:
    labels: Mapping[str, str] = pod["metadata"]["labels"]
    return labels


# -- files and schemas


def test_every_file_is_named_and_every_named_file_exists() -> None:
    named = {path.resolve() for path in files(PRODUCTION)}
    there = {path.resolve() for path in FOLDER.rglob("*") if path.is_file() and path.name != "README.md"}
    assert named == there


@every_variant
def test_it_renders_as_kustomize_renders_it(folder: Path) -> None:
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed: that the renderer of the tests does what kustomize does is NOT tested")
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, check=True)

    def by_name(resources: Any) -> dict[tuple[str, str], Any]:
        return {(each["kind"], each["metadata"]["name"]): each for each in resources}

    assert by_name(rendered(folder)) == by_name(yaml.safe_load_all(done.stdout))


@every_variant
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_every_resource_fits_its_schema(folder: Path, version: str) -> None:
    for each in rendered(folder):
        own = CRDS / f"{each['kind']}.json"
        if own.exists():
            jsonschema.validate(each, json.loads(own.read_text(encoding="utf-8")))
        else:
            validate(each, version, strict=True)


@every_variant
def test_names_are_unique(folder: Path) -> None:
    names = [(each["kind"], each["metadata"]["name"]) for each in rendered(folder)]
    assert len(names) == len(set(names))


# -- references


def secrets_of(pod: Resource) -> Iterator[str]:
    for container in containers(pod):
        yield from (source["secretRef"]["name"] for source in container.get("envFrom", ()) if "secretRef" in source)
        yield from (
            each["valueFrom"]["secretKeyRef"]["name"] for each in container.get("env", ()) if "secretKeyRef" in each.get("valueFrom", {})
        )
    yield from (volume["secret"]["secretName"] for volume in pod["spec"].get("volumes", ()) if "secret" in volume)


@every_variant
def test_every_reference_leads_to_something(folder: Path) -> None:
    maps, accounts, services = (of_kind(folder, kind) for kind in ("ConfigMap", "ServiceAccount", "Service"))
    for name, workload in workloads(folder).items():
        pod = pods(folder)[name]
        assert {reference["name"] for reference in config_map_references(workload)} <= maps.keys(), name
        assert pod["spec"]["serviceAccountName"] in accounts, name
        assert set(secrets_of(pod)) <= {KAFKA_SECRET}, name
        if workload["kind"] == "StatefulSet":
            assert workload["spec"]["serviceName"] in services


@every_variant
def test_every_mount_is_of_a_volume_and_every_volume_is_mounted(folder: Path) -> None:
    for name, workload in workloads(folder).items():
        spec = pods(folder)[name]["spec"]
        claims = [claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", ())]
        volumes = {*claims, *(volume["name"] for volume in spec["volumes"])}
        assert {mount["name"] for container in containers(pods(folder)[name]) for mount in container["volumeMounts"]} == volumes, name


@every_variant
def test_no_secret_is_contained(folder: Path) -> None:
    assert of_kind(folder, "Secret") == {}
    secret = {variable(key) for key in ("sasl_username", "sasl_password", "ssl_password")}
    assert secret.isdisjoint(settings_of(folder))
    for pod in pods(folder).values():
        for container in containers(pod):
            assert all("valueFrom" in each for each in container["env"] if each["name"] in secret)


def test_the_policy_is_that_of_the_program() -> None:
    """Where it differs: takedown policy show > deploy/kubernetes/base/policy.toml."""
    assert (BASE / "policy.toml").read_text(encoding="utf-8") == default_text()


@every_variant
def test_the_job_publishes_a_policy_that_is_good(folder: Path) -> None:
    pod = pods(folder)["takedown-policy"]
    container = containers(pod)[0]
    mount = next(mount for mount in container["volumeMounts"] if mount["name"] == "policy")
    volume = next(volume for volume in pod["spec"]["volumes"] if volume["name"] == "policy")
    path = Path(container["args"][-1])
    assert str(path.parent) == mount["mountPath"]
    assert parse(of_kind(folder, "ConfigMap")[volume["configMap"]["name"]]["data"][path.name], str(path)).version


# -- selectors


@every_variant
def test_a_workload_selects_its_own_pods_and_no_others(folder: Path) -> None:
    for name, workload in workloads(folder).items():
        if workload["kind"] != "Job":  # Kubernetes gives a Job its selector
            selector = workload["spec"]["selector"]["matchLabels"]
            assert [other for other, pod in pods(folder).items() if selects(selector, labels_of(pod))] == [name]


@every_variant
def test_each_stage_has_its_statefulset_service_and_disruption_budget(folder: Path) -> None:
    for stage in STAGES:
        name = f"takedown-{stage.name}"
        set_, service, budget = (of_kind(folder, kind)[name] for kind in ("StatefulSet", "Service", "PodDisruptionBudget"))
        assert set_["spec"]["template"]["spec"]["containers"][0]["args"] == ["worker", stage.name]
        assert set_["spec"]["serviceName"] == name
        assert set_["spec"]["podManagementPolicy"] == "Parallel"
        assert service["spec"]["clusterIP"] == "None"
        for selector in (service["spec"]["selector"], budget["spec"]["selector"]["matchLabels"]):
            assert [other for other, pod in pods(folder).items() if selects(selector, labels_of(pod))] == [name]
        assert {each["topologyKey"] for each in pods(folder)[name]["spec"]["topologySpreadConstraints"]} == {
            "topology.kubernetes.io/zone",
            "kubernetes.io/hostname",
        }
        for constraint in pods(folder)[name]["spec"]["topologySpreadConstraints"]:
            assert constraint["labelSelector"] == set_["spec"]["selector"]


@every_variant
def test_recommended_labels_are_everywhere(folder: Path) -> None:
    for each in rendered(folder):
        labels = each["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == labels["app.kubernetes.io/part-of"] == "takedown"
    for name, pod in pods(folder).items():
        assert name == f"takedown-{labels_of(pod)['app.kubernetes.io/component']}"


def test_prometheus_reads_every_worker_and_nothing_else() -> None:
    (monitor,) = of_kind(PRODUCTION, "ServiceMonitor").values()
    selected = {
        name: service
        for name, service in of_kind(PRODUCTION, "Service").items()
        if selects(monitor["spec"]["selector"]["matchLabels"], service["metadata"]["labels"])
    }
    assert selected.keys() == {f"takedown-{stage.name}" for stage in STAGES}
    job = {service["metadata"]["labels"][monitor["spec"]["jobLabel"]] for service in selected.values()}
    assert job == {"takedown"}  # which the alerts ask for
    for endpoint in monitor["spec"]["endpoints"]:
        assert all(endpoint["port"] in {port["name"] for port in service["spec"]["ports"]} for service in selected.values())


# -- what runs


@every_variant
def test_every_command_is_one_of_the_program(folder: Path) -> None:
    root = get_command(app)
    for pod in pods(folder).values():
        for container in containers(pod):
            assert "command" not in container  # the image's entry point is takedown
            understood(root, container["args"])


def understood(command: Any, args: list[str]) -> None:
    """Parse a command line to its end, without running it. Raises a usage error where it is wrong."""
    context = command.make_context("takedown", list(args))
    if isinstance(command, TyperGroup):
        _, verb, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        assert verb is not None
        understood(verb, rest)


@every_variant
def test_every_image_is_pinned_to_the_release(folder: Path) -> None:
    release = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    images = {container["image"] for pod in pods(folder).values() for container in containers(pod)}
    assert {image.rpartition(":")[2] for image in images} == {release}


@every_variant
def test_the_settings_are_known_and_good(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for pod in pods(folder).values():
        for container in containers(pod):
            given = environment(folder, container)
            if cafile := given.get("TAKEDOWN_SSL_CAFILE"):
                assert is_mounted(pod, container, Path(cafile))
                (tmp_path / "ca.crt").touch()
                given["TAKEDOWN_SSL_CAFILE"] = str(tmp_path / "ca.crt")
            with monkeypatch.context() as patch:
                for name, text in given.items():
                    patch.setenv(name, text)
                Settings.load(None)


def is_mounted(pod: Resource, container: Resource, path: Path) -> bool:
    mount = next(mount for mount in container["volumeMounts"] if mount["mountPath"] == str(path.parent))
    volume = next(volume for volume in pod["spec"]["volumes"] if volume["name"] == mount["name"])
    return path.name in {item["path"] for item in volume["secret"]["items"]}


@every_variant
def test_no_service_adds_a_variable(folder: Path) -> None:
    """A Service named takedown-dedupe would set TAKEDOWN_DEDUPE_PORT, an unknown setting that stops the start."""
    for name, pod in pods(folder).items():
        assert pod["spec"].get("enableServiceLinks") is False, name


@every_variant
def test_workers_keep_their_state_on_a_volume_of_their_own(folder: Path) -> None:
    for workload in of_kind(folder, "StatefulSet").values():
        container = workload["spec"]["template"]["spec"]["containers"][0]
        (claim,) = workload["spec"]["volumeClaimTemplates"]
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounts[claim["metadata"]["name"]] == settings_of(folder)["TAKEDOWN_STATE_DIR"]


@every_variant
def test_probes_and_services_speak_to_the_port_that_is_served(folder: Path) -> None:
    served = int(settings_of(folder)["TAKEDOWN_HTTP_PORT"])
    for name, workload in of_kind(folder, "StatefulSet").items():
        container = workload["spec"]["template"]["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in container["ports"]}
        paths = {kind: container[f"{kind}Probe"]["httpGet"] for kind in ("startup", "liveness", "readiness")}
        assert {kind: get["path"] for kind, get in paths.items()} == {
            "startup": "/healthz",
            "liveness": "/healthz",
            "readiness": "/readyz",
        }
        assert {ports[get["port"]] for get in paths.values()} == {served}
        assert {ports[port["targetPort"]] for port in of_kind(folder, "Service")[name]["spec"]["ports"]} == {served}
    assert settings_of(folder)["TAKEDOWN_HTTP_HOST"] == "0.0.0.0"  # probes come from outside the pod


@every_variant
def test_a_worker_is_given_longer_to_stop_than_it_takes(folder: Path) -> None:
    drain = float(settings_of(folder)["TAKEDOWN_DRAIN_TIMEOUT"])
    for name, pod in pods(folder).items():
        assert pod["spec"]["terminationGracePeriodSeconds"] >= drain + CLOSING, name


@every_variant
def test_there_is_one_clock_and_never_two_on_purpose(folder: Path) -> None:
    (clock,) = of_kind(folder, "Deployment").values()
    assert clock["spec"]["template"]["spec"]["containers"][0]["args"] == ["clock"]
    assert (clock["spec"]["replicas"], clock["spec"]["strategy"]["type"]) == (1, "Recreate")


# -- security


@every_variant
def test_every_pod_is_hardened(folder: Path) -> None:
    for name, pod in pods(folder).items():
        context = pod["spec"]["securityContext"]
        assert (context["runAsNonRoot"], context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (True, 10001, 10001, 10001), (
            name
        )
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        assert not any(pod["spec"].get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), name
        for container in containers(pod):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            assert {"cpu", "memory"} == container["resources"]["requests"].keys() == container["resources"]["limits"].keys(), name


def policies_for(folder: Path, pod: Resource) -> dict[str, Resource]:
    return {
        name: policy["spec"]
        for name, policy in of_kind(folder, "NetworkPolicy").items()
        if selects(policy["spec"]["podSelector"]["matchLabels"], labels_of(pod))
    }


@every_variant
def test_pods_speak_with_kafka_and_dns_only_and_monitoring_alone_with_them(folder: Path) -> None:
    served, kafka = (int(settings_of(folder)[key].rpartition(":")[2]) for key in ("TAKEDOWN_HTTP_PORT", "TAKEDOWN_BOOTSTRAP"))
    for pod in pods(folder).values():
        policies = policies_for(folder, pod)
        assert any(
            set(spec["policyTypes"]) == {"Ingress", "Egress"} and not spec.keys() & {"ingress", "egress"} for spec in policies.values()
        )
        assert openings(policies, "ingress", "from") == {("monitoring", served)}
        assert openings(policies, "egress", "to") == {("kube-system", 53), ("kafka", kafka)}


def openings(policies: Mapping[str, Resource], direction: str, peers: str) -> set[tuple[str, int]]:
    """Return what is let through: a namespace and a port each. A rule without peers or ports would let everything through."""
    return {
        (peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"], port["port"])
        for spec in policies.values()
        for rule in spec.get(direction, ())
        for peer in rule[peers]
        for port in rule["ports"]
    }


def test_production_enforces_the_restricted_standard() -> None:
    (namespace,) = of_kind(PRODUCTION, "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    others = {each["metadata"].get("namespace") for each in rendered(PRODUCTION) if each["kind"] != "Namespace"}
    assert others == {namespace["metadata"]["name"]}


# -- scaling


def scaled() -> dict[str, Resource]:
    """Return the spec of each ScaledObject, by its stage."""
    found = of_kind(PRODUCTION, "ScaledObject").values()
    return {each["spec"]["scaleTargetRef"]["name"].removeprefix("takedown-"): each["spec"] for each in found}


def test_every_stage_is_scaled_by_the_lag_of_its_own_group() -> None:
    settings = Settings()
    assert scaled().keys() == {stage.name for stage in STAGES}
    for stage in STAGES:
        (trigger,) = scaled()[stage.name]["triggers"]
        assert trigger["metadata"]["consumerGroup"] == make_app(settings, stage.name).conf.id
        assert trigger["metadata"]["topic"] == stage.reads[0]
        assert "replicas" not in of_kind(PRODUCTION, "StatefulSet")[f"takedown-{stage.name}"]["spec"]


def test_no_stage_has_more_workers_than_partitions_and_brand_match_goes_furthest() -> None:
    partitions = int(settings_of(PRODUCTION)["TAKEDOWN_PARTITIONS"])
    most = {name: spec["maxReplicaCount"] for name, spec in scaled().items()}
    assert most["brand-match"] == partitions
    assert all(number < partitions for name, number in most.items() if name != "brand-match")
    for spec in scaled().values():
        assert 1 <= spec["minReplicaCount"] <= spec["maxReplicaCount"]
        assert partitions % spec["minReplicaCount"] == partitions % spec["maxReplicaCount"] == 0
        assert spec["triggers"][0]["metadata"]["ensureEvenDistributionOfPartitions"] == "true"


def test_the_scaler_reaches_kafka_as_the_workers_do() -> None:
    settings = settings_of(PRODUCTION)
    (authentication,) = of_kind(PRODUCTION, "TriggerAuthentication").values()
    targets = authentication["spec"]["secretTargetRef"]
    assert {target["parameter"] for target in targets} == {"username", "password", "ca"}
    assert {target["name"] for target in targets} == {KAFKA_SECRET}
    for spec in scaled().values():
        (trigger,) = spec["triggers"]
        assert trigger["metadata"]["bootstrapServers"] == settings["TAKEDOWN_BOOTSTRAP"]
        assert trigger["metadata"]["sasl"] == SASL_OF_KEDA[settings["TAKEDOWN_SASL_MECHANISM"]]
        assert (trigger["metadata"]["tls"] == "enable") == settings["TAKEDOWN_SECURITY_PROTOCOL"].endswith("SSL")
        assert trigger["authenticationRef"]["name"] == authentication["metadata"]["name"]


def test_what_is_acknowledged_in_production_is_on_more_than_one_broker() -> None:
    assert int(settings_of(PRODUCTION)["TAKEDOWN_REPLICATION"]) >= 3
