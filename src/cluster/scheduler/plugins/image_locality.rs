use crate::cluster::{
    api::PodSpec,
    scheduler::{
        cache::{Image, Images, Slot},
        framework::MAX_NODE_SCORE,
    },
};

/// `imagelocality/image_locality.go`: below and above these sizes nothing changes.
const MEBIBYTE: i64 = 1024 * 1024;
const LEAST: i64 = 23 * MEBIBYTE;
const MOST_OF_ONE: i64 = 1000 * MEBIBYTE;

/// Those of a Pod's images that are on some node, with what each counts.
#[derive(Debug)]
pub(in crate::cluster::scheduler) struct ImageLocality<'a> {
    images: Vec<(&'a Image, i64)>,
    containers: i64,
}

impl<'a> ImageLocality<'a> {
    pub(in crate::cluster::scheduler) fn new(
        spec: &PodSpec,
        images: &'a Images,
        nodes: usize,
    ) -> ImageLocality<'a> {
        let containers = spec.init_containers.iter().chain(&spec.containers);
        let names = containers.map(|container| &*container.image);
        let volumes = spec.volumes.iter().filter_map(|volume| {
            let image = volume.other.get("image")?;
            image.get("reference")?.as_str()
        });
        ImageLocality {
            images: names
                .chain(volumes)
                .filter_map(|name| images.get(&with_tag(name)))
                .map(|image| (image, scaled(image, nodes)))
                .collect(),
            containers: (spec.init_containers.len() + spec.containers.len()) as i64,
        }
    }

    /// Whether it gives every node the same.
    pub(in crate::cluster::scheduler) fn is_indifferent(&self) -> bool {
        self.images.is_empty()
    }

    /// Score: the size of what need not be pulled, between 23 MiB and 1,000 MiB a container.
    pub(in crate::cluster::scheduler) fn score(&self, slot: Slot) -> i64 {
        let present = self.images.iter().filter(|(image, _)| image.is_on(slot));
        let sum = present.map(|(_, counts)| counts).sum();
        priority(sum, self.containers)
    }
}

/// An image counts by its size and by how many nodes have it, lest all Pods go where it is.
fn scaled(image: &Image, nodes: usize) -> i64 {
    (image.size as f64 * (f64::from(image.spread) / nodes as f64)) as i64
}

pub(super) fn priority(sum: i64, containers: i64) -> i64 {
    let most = MOST_OF_ONE.saturating_mul(containers);
    let sum = sum.min(most).max(LEAST);
    if most <= LEAST {
        return 0;
    }
    MAX_NODE_SCORE * (sum - LEAST) / (most - LEAST)
}

/// An image without a tag is the latest.
pub(in crate::cluster::scheduler) fn with_tag(name: &str) -> std::borrow::Cow<'_, str> {
    if name.rfind(':') <= name.rfind('/') {
        return format!("{name}:latest").into();
    }
    name.into()
}
