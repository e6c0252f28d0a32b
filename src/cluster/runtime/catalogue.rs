//! Images the model knows: how large they are, which tags there are, and what they do when they are run
//! without a command. Sizes are what registries hold (compressed), about as they are in 2026.

use super::image::ImageName;

/// What an image is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// The repository; the registry is Docker Hub if it has no dot before its first slash.
    repository: &'static str,
    bytes: u64,
    /// The newest version, major and minor; of no repository is there a newer tag.
    newest: (u32, u32),
    pub(super) does: Does,
}

/// What an image does without a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Does {
    /// Serves until it is told to stop, and then ends with this code. It begins with these lines.
    Serves {
        lines: &'static [&'static str],
        code: i32,
    },
    /// A shell or an interpreter: with no terminal to read from, it ends at once.
    Reads,
    /// Prints this and ends.
    Prints(&'static [&'static str]),
    /// Complains of a setting that is missing and ends with 1, unless it is given.
    Needs {
        variable: &'static str,
        line: &'static str,
    },
}

const fn serves(
    repository: &'static str,
    bytes: u64,
    newest: (u32, u32),
    code: i32,
    lines: &'static [&'static str],
) -> Known {
    Known {
        repository,
        bytes,
        newest,
        does: Does::Serves { lines, code },
    }
}

const fn reads(repository: &'static str, bytes: u64, newest: (u32, u32)) -> Known {
    Known {
        repository,
        bytes,
        newest,
        does: Does::Reads,
    }
}

const NGINX: &[&str] = &[
    "/docker-entrypoint.sh: Configuration complete; ready for start up",
    "[notice] 1#1: using the \"epoll\" event method",
    "[notice] 1#1: start worker processes",
];

const KNOWN: [Known; 27] = [
    serves("library/nginx", 72_404_038, (1, 31), 0, NGINX),
    serves(
        "library/httpd",
        58_101_920,
        (2, 4),
        0,
        &[
            "[mpm_event:notice] [pid 1:tid 1] AH00489: Apache/2.4 configured -- resuming normal operations",
        ],
    ),
    serves(
        "library/redis",
        52_507_180,
        (8, 8),
        0,
        &["1:M * Ready to accept connections tcp"],
    ),
    serves("library/memcached", 32_010_475, (1, 6), 0, &[]),
    serves(
        "library/mongo",
        282_190_661,
        (8, 2),
        0,
        &["Waiting for connections"],
    ),
    serves(
        "library/rabbitmq",
        104_220_013,
        (4, 2),
        0,
        &["Server startup complete"],
    ),
    serves("library/traefik", 47_811_320, (3, 6), 0, &[]),
    serves("library/wordpress", 262_014_220, (6, 9), 0, &[]),
    serves(
        "library/tomcat",
        203_411_507,
        (11, 0),
        143,
        &["Server startup"],
    ),
    Known {
        repository: "library/mysql",
        bytes: 231_872_310,
        newest: (9, 6),
        does: Does::Needs {
            variable: "MYSQL_ROOT_PASSWORD",
            line: "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",
        },
    },
    Known {
        repository: "library/mariadb",
        bytes: 107_900_122,
        newest: (12, 1),
        does: Does::Needs {
            variable: "MARIADB_ROOT_PASSWORD",
            line: "[ERROR] [Entrypoint]: Database is uninitialized and password option is not specified",
        },
    },
    Known {
        repository: "library/postgres",
        bytes: 155_630_912,
        newest: (18, 3),
        does: Does::Needs {
            variable: "POSTGRES_PASSWORD",
            line: "Error: Database is uninitialized and superuser password is not specified.",
        },
    },
    reads("library/busybox", 2_225_340, (1, 38)),
    reads("library/alpine", 3_864_189, (3, 23)),
    reads("library/ubuntu", 29_732_110, (26, 10)),
    reads("library/debian", 48_493_761, (14, 0)),
    reads("library/python", 382_560_011, (3, 15)),
    reads("library/node", 391_020_755, (26, 0)),
    reads("library/golang", 302_120_884, (1, 27)),
    reads("library/perl", 385_400_921, (5, 44)),
    reads("library/bash", 6_320_145, (5, 3)),
    Known {
        repository: "curlimages/curl",
        bytes: 9_890_114,
        newest: (8, 20),
        does: Does::Prints(&["curl: try 'curl --help' for more information"]),
    },
    Known {
        repository: "library/hello-world",
        bytes: 10_072,
        newest: (0, 0),
        does: Does::Prints(&[
            "Hello from Docker!",
            "This message shows that your installation appears to be working correctly.",
        ]),
    },
    serves("registry.k8s.io/pause", 320_448, (3, 10), 0, &[]),
    serves(
        "registry.k8s.io/e2e-test-images/agnhost",
        53_621_675,
        (2, 60),
        0,
        &["Paused"],
    ),
    serves("registry.k8s.io/echoserver", 46_237_695, (1, 10), 0, &[]),
    serves(
        "gcr.io/google-samples/hello-app",
        11_538_823,
        (2, 0),
        143,
        &["Server listening on port 8080"],
    ),
];

/// Tags that are no version.
const NAMED_TAGS: [&str; 16] = [
    "latest", "stable", "mainline", "alpine", "slim", "lts", "edge", "nightly", "glibc", "musl",
    "uclibc", "bookworm", "trixie", "noble", "jammy", "rolling",
];

/// What is known of this image's repository.
pub(super) fn known(name: &ImageName) -> Option<&'static Known> {
    let is = |known: &&Known| match &*name.registry {
        "docker.io" => known.repository == name.repository,
        registry => {
            let rest = known.repository.strip_prefix(registry);
            rest.and_then(|rest| rest.strip_prefix('/')) == Some(&name.repository)
        }
    };
    KNOWN.iter().find(is)
}

/// Whether a registry has this image. Of a repository that is not known, every tag is believed.
pub(super) fn is_published(name: &ImageName) -> bool {
    if name.repository.contains("does-not-exist") {
        return false;
    }
    match known(name) {
        Some(known) if name.digest.is_empty() => known.has_tag(&name.tag),
        _ => true,
    }
}

/// How many bytes a pull brings: of an unknown image, as many as its name decides.
pub(super) fn size(name: &ImageName) -> u64 {
    let seed = name.to_string().bytes().fold(7_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let Some(known) = known(name) else {
        return 8_000_000 + seed % 140_000_000;
    };
    let share = if name.tag.contains("alpine") {
        30
    } else if name.tag.contains("slim") {
        45
    } else {
        100
    };
    // Versions differ a little.
    let differs = if name.tag == "latest" { 0 } else { seed % 61 };
    known.bytes * share / 100 * (1000 - differs) / 1000
}

impl Known {
    fn has_tag(&self, tag: &str) -> bool {
        let mut words = tag.split('-');
        let first = words.next().unwrap_or_default();
        let rest_is_named = words.all(|word| word.chars().any(|c| c.is_ascii_alphabetic()));
        if NAMED_TAGS.contains(&first) {
            return rest_is_named;
        }
        let mut numbers = first
            .trim_start_matches('v')
            .split('.')
            .map(str::parse::<u32>);
        let Some(Ok(major)) = numbers.next() else {
            return false;
        };
        let minor = match numbers.next() {
            None => 0,
            Some(Ok(minor)) => minor,
            Some(Err(_)) => return false,
        };
        numbers.all(|number| number.is_ok())
            && rest_is_named
            && (major < self.newest.0 && minor < 100 || (major, minor) <= self.newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rollout that goes wrong in Kubernetes' documentation asks for nginx:1.161.
    #[test]
    fn image_tags_of_known_repositories_must_exist() {
        for (image, there) in [
            ("nginx", true),
            ("nginx:1.27-alpine", true),
            ("nginx:1.14.2", true),
            ("nginx:1.161", false),
            ("nginx:nope", false),
            ("redis:7", true),
            ("busybox:1.28", true),
            ("registry.k8s.io/pause:3.10.1", true),
            ("example.com/team/app:2026-01-01", true),
            ("example.com/does-not-exist:1", false),
        ] {
            let name = ImageName::parse(image).unwrap();
            assert_eq!(is_published(&name), there, "{image}");
        }
    }
}
