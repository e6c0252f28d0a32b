use crate::cluster::api::{Container, PodSpec, Quantity, ResourceList, RestartPolicy, Str};

/// What a container that asks for nothing counts as when nodes are scored (`pkg/scheduler/util/pod_resources.go`).
const DEFAULT_MILLI_CPU: i64 = 100;
const DEFAULT_MEMORY: i64 = 200 * 1024 * 1024;

/// What a Pod asks of a node, in whole numbers.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Requests {
    pub(super) milli_cpu: i64,
    pub(super) memory: i64,
    pub(super) ephemeral_storage: i64,
    /// Everything else, by name.
    pub(super) scalars: Vec<(Str, i64)>,
    /// CPU and memory where a container that asks for none counts as if it asked for a little.
    pub(super) nonzero_milli_cpu: i64,
    pub(super) nonzero_memory: i64,
}

impl Requests {
    /// The containers together, or the init container that asks for most; then the overhead
    /// (`component-helpers/resource/helpers.go`, PodRequests).
    pub(super) fn of(spec: &PodSpec) -> Requests {
        let mut total = Requests::default();
        for container in &spec.containers {
            total.add(&Requests::of_container(container));
        }
        // An init container runs beside the sidecars that were started before it.
        let mut sidecars = Requests::default();
        let mut most = Requests::default();
        for container in &spec.init_containers {
            let mut own = Requests::of_container(container);
            if container.restart_policy == Some(RestartPolicy::Always) {
                total.add(&own);
                sidecars.add(&own);
                own = sidecars.clone();
            } else {
                own.add(&sidecars);
            }
            most.raise_to(&own);
        }
        total.raise_to(&most);
        if let Some(resources) = spec.other.get("resources") {
            total.replace_by_pod_level(&list(resources.get("requests")));
        }
        if let Some(overhead) = spec.other.get("overhead") {
            let overhead = list(Some(overhead));
            let mut amounts = Requests::of_list(&overhead);
            amounts.nonzero_milli_cpu = amounts.milli_cpu;
            amounts.nonzero_memory = amounts.memory;
            total.add(&amounts);
        }
        total
    }

    fn of_container(container: &Container) -> Requests {
        let list = &container.resources.requests;
        let mut requests = Requests::of_list(list);
        requests.nonzero_milli_cpu = match list.contains_key("cpu") {
            true => requests.milli_cpu,
            false => DEFAULT_MILLI_CPU,
        };
        requests.nonzero_memory = match list.contains_key("memory") {
            true => requests.memory,
            false => DEFAULT_MEMORY,
        };
        requests
    }

    fn of_list(list: &ResourceList) -> Requests {
        let mut requests = Requests::default();
        for (name, quantity) in list {
            match &**name {
                "cpu" => requests.milli_cpu = quantity.milli_value(),
                "memory" => requests.memory = quantity.value(),
                "ephemeral-storage" => requests.ephemeral_storage = quantity.value(),
                _ if is_scalar(name) => requests.scalars.push((name.clone(), quantity.value())),
                _ => {}
            }
        }
        requests
    }

    /// Requests made for the Pod as a whole take the place of the containers'.
    fn replace_by_pod_level(&mut self, list: &ResourceList) {
        if let Some(cpu) = list.get("cpu") {
            self.milli_cpu = cpu.milli_value();
            self.nonzero_milli_cpu = self.milli_cpu;
        }
        if let Some(memory) = list.get("memory") {
            self.memory = memory.value();
            self.nonzero_memory = self.memory;
        }
    }

    pub(super) fn add(&mut self, other: &Requests) {
        self.merge(other, i64::saturating_add);
    }

    pub(super) fn subtract(&mut self, other: &Requests) {
        self.merge(other, i64::saturating_sub);
    }

    fn raise_to(&mut self, other: &Requests) {
        self.merge(other, i64::max);
    }

    fn merge(&mut self, other: &Requests, with: impl Fn(i64, i64) -> i64) {
        self.milli_cpu = with(self.milli_cpu, other.milli_cpu);
        self.memory = with(self.memory, other.memory);
        self.ephemeral_storage = with(self.ephemeral_storage, other.ephemeral_storage);
        self.nonzero_milli_cpu = with(self.nonzero_milli_cpu, other.nonzero_milli_cpu);
        self.nonzero_memory = with(self.nonzero_memory, other.nonzero_memory);
        for (name, amount) in &other.scalars {
            match self.scalars.binary_search_by(|(one, _)| one.cmp(name)) {
                Ok(at) => self.scalars[at].1 = with(self.scalars[at].1, *amount),
                Err(at) => self.scalars.insert(at, (name.clone(), *amount)),
            }
        }
    }

    /// Whether it asks for neither CPU nor memory: nothing to balance.
    pub(super) fn is_best_effort(&self) -> bool {
        self.milli_cpu == 0 && self.memory == 0
    }

    /// Whether it asks for nothing but a place.
    pub(super) fn is_nothing(&self) -> bool {
        self.is_best_effort() && self.ephemeral_storage == 0 && self.scalars.is_empty()
    }
}

/// What can be counted besides CPU, memory and storage: extended resources, huge pages, volumes
/// (`pkg/scheduler/util/utils.go`, IsScalarResourceName).
pub(super) fn is_scalar(name: &str) -> bool {
    name.contains('/') || name.starts_with("hugepages-") || name.starts_with("attachable-volumes-")
}

fn list(json: Option<&serde_json::Value>) -> ResourceList {
    let entries = json.and_then(serde_json::Value::as_object);
    let amount = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.parse::<Quantity>().ok(),
        other => other.to_string().parse().ok(),
    };
    entries
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| Some((name.as_str().into(), amount(value)?)))
        .collect()
}
