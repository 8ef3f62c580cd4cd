"""Renders a kustomization: as much of kustomize as deploy/kubernetes uses. What it does not know it refuses."""

import copy
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

Resource = dict[str, Any]
_KNOWN = {"apiVersion", "kind", "resources", "configMapGenerator", "patches", "nameSuffix", "namespace", "labels", "images"}
_CLUSTER_WIDE = {"Namespace"}
_WORKLOADS = {"StatefulSet", "Deployment", "Job"}
_HASH_LETTERS = str.maketrans("013ae", "ghkmt")  # kustomize avoids what could be read as a word


def render(folder: Path) -> list[Resource]:
    """Return every resource of the kustomization in a folder. Raises ValueError where it uses what is not known here."""
    resources = _built(folder)
    names = {each["metadata"]["name"]: _hashed(each) for each in resources if each["kind"] == "ConfigMap"}
    for each in resources:
        if each["kind"] == "ConfigMap":
            each["metadata"]["name"] = names[each["metadata"]["name"]]
        for reference in config_map_references(each):
            reference["name"] = names.get(reference["name"], reference["name"])
    return resources


def files(folder: Path) -> Iterator[Path]:
    """Yield every file that a kustomization names, those of the kustomizations below it, and the kustomizations themselves."""
    kustomization = _read(folder)
    yield folder / "kustomization.yaml"
    for name in kustomization.get("resources", ()):
        path = (folder / name).resolve()
        yield from files(path) if path.is_dir() else (path,)
    for generator in kustomization.get("configMapGenerator", ()):
        yield from (folder / name for name in (*generator.get("envs", ()), *generator.get("files", ())))


def config_map_references(resource: Resource) -> Iterator[dict[str, Any]]:
    """Yield what names a ConfigMap in a workload: an object with a `name`."""
    pod = pod_of(resource)
    if pod is None:
        return
    for container in containers(pod):
        yield from (source["configMapRef"] for source in container.get("envFrom", ()) if "configMapRef" in source)
    yield from (volume["configMap"] for volume in pod["spec"].get("volumes", ()) if "configMap" in volume)


def pod_of(resource: Resource) -> Resource | None:
    """Return the pod template of a workload; None of anything else."""
    return resource["spec"]["template"] if resource["kind"] in _WORKLOADS else None


def containers(pod: Resource) -> list[Resource]:
    """Return the containers of a pod template, those that initialise it among them."""
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def _read(folder: Path) -> Mapping[str, Any]:
    kustomization: Mapping[str, Any] = yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))
    if unknown := kustomization.keys() - _KNOWN:
        raise ValueError(f"{folder}: the renderer does not know {', '.join(sorted(unknown))}")
    return kustomization


def _built(folder: Path) -> list[Resource]:
    kustomization = _read(folder)
    resources = [each for name in kustomization.get("resources", ()) for each in _loaded(folder / name)]
    for generator in kustomization.get("configMapGenerator", ()):
        _generate(folder, generator, resources)
    for patch in kustomization.get("patches", ()):
        for each in resources:
            if _is_target(each, patch["target"]):
                _patch(each, yaml.safe_load(patch["patch"]))
    for each in resources:
        _transform(each, kustomization)
    return resources


def _loaded(path: Path) -> list[Resource]:
    if path.is_dir():
        return _built(path.resolve())
    return [each for each in yaml.safe_load_all(path.read_text(encoding="utf-8")) if each is not None]


def _generate(folder: Path, generator: Mapping[str, Any], resources: list[Resource]) -> None:
    data = dict(line.split("=", 1) for name in generator.get("envs", ()) for line in _lines(folder / name))
    data |= {name: (folder / name).read_text(encoding="utf-8") for name in generator.get("files", ())}
    if generator.get("behavior") == "merge":
        there = next(each for each in resources if (each["kind"], each["metadata"]["name"]) == ("ConfigMap", generator["name"]))
        there["data"] |= data
    else:
        resources.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": generator["name"]}, "data": data})


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def _is_target(resource: Resource, target: Mapping[str, str]) -> bool:
    if unknown := target.keys() - {"kind", "name"}:
        raise ValueError(f"the renderer does not know targets by {', '.join(unknown)}")
    found = {"kind": resource["kind"], "name": resource["metadata"]["name"]}
    return all(re.fullmatch(pattern, found[key]) for key, pattern in target.items())


def _patch(resource: Resource, operations: list[Mapping[str, Any]]) -> None:
    """Apply a JSON patch (RFC 6902)."""
    for operation in operations:
        place: Any = resource
        *way, last = (part.replace("~1", "/").replace("~0", "~") for part in operation["path"].removeprefix("/").split("/"))
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        _operate(place, last, operation)


def _operate(place: Any, last: str, operation: Mapping[str, Any]) -> None:
    value = copy.deepcopy(operation.get("value"))
    key: Any = int(last) if isinstance(place, list) and last != "-" else last
    match operation["op"]:
        case "add" if isinstance(place, list):
            place.insert(len(place) if key == "-" else key, value)
        case "add":
            place[key] = value
        case "replace" if isinstance(place, list) or key in place:
            place[key] = value
        case "remove":
            del place[key]
        case unknown:
            raise ValueError(f"{unknown} of {last} cannot be done")


def _transform(resource: Resource, kustomization: Mapping[str, Any]) -> None:
    metadata = resource["metadata"]
    if "namespace" in kustomization and resource["kind"] not in _CLUSTER_WIDE:
        metadata["namespace"] = kustomization["namespace"]
    if "nameSuffix" in kustomization:
        metadata["name"] += kustomization["nameSuffix"]
        if resource["kind"] == "StatefulSet":  # its Service has the same suffix
            resource["spec"]["serviceName"] += kustomization["nameSuffix"]
    for label in kustomization.get("labels", ()):
        _label(resource, label)
    for image in kustomization.get("images", ()):
        _set_image(resource, image)


def _label(resource: Resource, label: Mapping[str, Any]) -> None:
    pairs = label["pairs"]
    places = [resource["metadata"].setdefault("labels", {})]
    if label.get("includeSelectors"):
        places += _selectors(resource)
    if label.get("includeSelectors") or label.get("includeTemplates"):
        places += _template_labels(resource)
    for place in places:
        place.update(pairs)


def _template_labels(resource: Resource) -> Iterator[dict[str, str]]:
    pod = pod_of(resource)
    templates = (*(() if pod is None else (pod,)), *resource.get("spec", {}).get("volumeClaimTemplates", ()))
    yield from (template["metadata"].setdefault("labels", {}) for template in templates)


def _selectors(resource: Resource) -> Iterator[dict[str, str]]:
    match resource["kind"]:
        case "Service":
            yield resource["spec"]["selector"]
        case "PodDisruptionBudget":
            yield resource["spec"]["selector"]["matchLabels"]
        case "StatefulSet":
            yield resource["spec"]["selector"]["matchLabels"]
            for constraint in resource["spec"]["template"]["spec"]["topologySpreadConstraints"]:
                yield constraint["labelSelector"]["matchLabels"]
        case kind:
            raise ValueError(f"the renderer does not know the selectors of a {kind}")


def _set_image(resource: Resource, image: Mapping[str, str]) -> None:
    pod = pod_of(resource)
    for container in () if pod is None else containers(pod):
        name, _, tag = container["image"].partition(":")
        if name == image["name"]:
            container["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"


def _hashed(config_map: Resource) -> str:
    """Return the name with a hash of what is in it, as kustomize makes it: what is changed is another ConfigMap."""
    content = {"data": config_map["data"], "kind": "ConfigMap", "name": ""}  # the name is not part of the hash
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for letter in "<>&\u2028\u2029":  # as Go writes JSON
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"{config_map['metadata']['name']}-{digest[:10].translate(_HASH_LETTERS)}"
