use std::{collections::BTreeMap, ops::RangeInclusive, rc::Rc, time::Duration};

use super::{CriError, ImageName, catalogue};
use crate::cluster::{api::Str, machinery::Turn};

/// An image on a node's disk.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct LocalImage {
    /// In full: `docker.io/library/nginx:1.27`.
    pub(crate) name: Str,
    /// With its digest.
    pub(crate) id: Str,
    pub(crate) bytes: u64,
}

/// What is wrong with pulling.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum PullFault {
    /// This image's registry does not answer.
    Unreachable(Str),
    /// The disk is full.
    DiskFull,
}

/// The images of a node, and what keeps others from being pulled.
#[derive(Clone, Debug)]
pub(super) struct Images {
    local: Rc<BTreeMap<Str, LocalImage>>,
    faults: Vec<PullFault>,
}

/// Asking the registry, in microseconds.
const RESOLVE: RangeInclusive<u64> = 300_000..=900_000;
/// Until a name server is given up on.
const LOOKUP: RangeInclusive<u64> = 2_000_000..=4_000_000;
/// For each million bytes: about 30 to 60 MB a second, with unpacking.
const PER_MEGABYTE: RangeInclusive<u64> = 17_000..=33_000;

impl Images {
    /// A disk with these images and the sandbox's own.
    pub(super) fn holding(images: &[String]) -> Images {
        let all = images.iter().map(String::as_str).chain([super::cri::PAUSE]);
        let local = all.filter_map(|image| {
            let image = local(&ImageName::parse(image).ok()?);
            Some((image.name.clone(), image))
        });
        Images {
            local: Rc::new(local.collect()),
            faults: Vec::new(),
        }
    }

    pub(super) fn list(&self) -> Vec<LocalImage> {
        self.local.values().cloned().collect()
    }

    pub(super) fn fail(&mut self, fault: PullFault) {
        self.faults.push(fault);
    }

    /// The image of this name, as a container's status gives it.
    pub(super) fn named(&self, image: &str) -> LocalImage {
        match ImageName::in_full(image) {
            Ok(full) => {
                let found = self.local.get(&full.text);
                found.cloned().unwrap_or_else(|| local(&full.name))
            }
            Err(_) => LocalImage {
                name: image.into(),
                id: Str::default(),
                bytes: 0,
            },
        }
    }

    /// Pulls an image: how long it takes, and what comes of it.
    pub(super) fn pull(
        &mut self,
        image: &str,
        turn: &mut Turn<'_>,
    ) -> (Duration, Result<LocalImage, CriError>) {
        let resolve = turn.within(&RESOLVE);
        let full = match ImageName::in_full(image) {
            Ok(full) => full,
            Err(error) => {
                return (
                    Duration::ZERO,
                    Err(CriError::new("InvalidArgument", error.to_string())),
                );
            }
        };
        let name = &full.name;
        if self.is_unreachable(image, name) {
            let wait = turn.within(&LOOKUP);
            return (wait, Err(unreachable(name)));
        }
        if !catalogue::is_published(name) {
            return (resolve, Err(unpublished(name)));
        }
        if let Some(image) = self.local.get(&full.text) {
            return (resolve, Ok(image.clone()));
        }
        let image = local(name);
        let megabytes = u32::try_from(image.bytes / 1_000_000).unwrap_or(u32::MAX) + 1;
        let wait = resolve + turn.within(&PER_MEGABYTE) * megabytes;
        if self.faults.contains(&PullFault::DiskFull) {
            return (wait / 4, Err(disk_full(name)));
        }
        Rc::make_mut(&mut self.local).insert(image.name.clone(), image.clone());
        (wait, Ok(image))
    }

    fn is_unreachable(&self, image: &str, name: &ImageName) -> bool {
        self.faults.iter().any(|fault| match fault {
            PullFault::Unreachable(one) => {
                **one == *image || ImageName::parse(one).is_ok_and(|one| one == *name)
            }
            PullFault::DiskFull => false,
        })
    }
}

fn local(name: &ImageName) -> LocalImage {
    LocalImage {
        name: name.to_string().into(),
        id: name.id().into(),
        bytes: catalogue::size(name),
    }
}

/// containerd's words for an image its registry does not have; Docker Hub does not say whether a
/// repository exists (`containerd/core/remotes/docker`).
fn unpublished(name: &ImageName) -> CriError {
    let hub = name.registry == "docker.io" && catalogue::known(name).is_none();
    if hub {
        CriError::new(
            "Unknown",
            format!(
                "failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed"
            ),
        )
    } else {
        CriError::new(
            "NotFound",
            format!(
                "failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": {name}: not found"
            ),
        )
    }
}

fn unreachable(name: &ImageName) -> CriError {
    let host = match &*name.registry {
        "docker.io" => "registry-1.docker.io",
        registry => registry,
    };
    CriError::new(
        "Unknown",
        format!(
            "failed to pull and unpack image \"{name}\": failed to resolve reference \"{name}\": failed to do request: Head \"https://{host}/v2/{}/manifests/{}\": dial tcp: lookup {host}: i/o timeout",
            name.repository, name.tag
        ),
    )
}

fn disk_full(name: &ImageName) -> CriError {
    CriError::new(
        "Unknown",
        format!(
            "failed to pull and unpack image \"{name}\": failed to extract layer {}: write /var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/21/fs/usr/lib: no space left on device",
            name.content()
        ),
    )
}
