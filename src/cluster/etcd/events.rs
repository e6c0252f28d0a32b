use std::{
    hash::{BuildHasher, BuildHasherDefault},
    rc::Rc,
};

use rustc_hash::{FxHashMap, FxHasher};

use super::KeyValue;
use crate::cluster::{
    api::{Event, EventSource, Key, Object, ObjectMeta, ObjectReference, Str, Uid},
    moment::Timestamp,
    random::uuid_text,
};

/// Events, of which a large cluster has a million. What many have in common is kept once; of each only what
/// is its own. Whatever is not as components tell it is kept whole, elsewhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Events {
    told: Vec<Option<Told>>,
    free: Vec<u32>,
    /// The latest of those told in one nanosecond.
    latest: FxHashMap<u64, u32>,
    /// By the hash of what they say.
    common: FxHashMap<u64, Vec<Rc<Common>>>,
}

/// What many Events say in the same words.
#[derive(Clone, Debug)]
struct Common {
    namespace: Str,
    api_version: Str,
    kind: Str,
    about_namespace: Str,
    field_path: String,
    reason: Str,
    component: Str,
    host: Str,
    weight: Str,
    reporting_component: Str,
    reporting_instance: Str,
}

/// What an Event does not share with others.
#[derive(Clone, Debug)]
struct Told {
    common: Rc<Common>,
    about: Str,
    about_uid: Uid,
    about_version: u64,
    uid: [u64; 2],
    message: Box<str>,
    /// Each in seconds since 1970.
    first: u32,
    last: u32,
    created: u32,
    count: i32,
    /// The one before of those told in the same nanosecond.
    earlier: Option<u32>,
    /// When it was told: the end of its name.
    moment: u64,
    revisions: (u64, u64),
    version: u32,
}

impl Events {
    /// Keeps an Event that is not there; false if it is not as components tell it.
    pub(super) fn keep(&mut self, stored: &KeyValue) -> bool {
        let Some(mut told) = Told::of(stored, &mut self.common) else {
            return false;
        };
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.told.push(None);
                u32::try_from(self.told.len() - 1).unwrap_or(u32::MAX)
            }
        };
        told.earlier = self.latest.insert(told.moment, slot);
        if let Some(place) = self.told.get_mut(slot as usize) {
            *place = Some(told);
        }
        true
    }

    pub(super) fn get(&self, key: &Key) -> Option<KeyValue> {
        self.at(self.find(key)?).map(Told::stored)
    }

    pub(super) fn mod_revision(&self, key: &Key) -> Option<u64> {
        self.at(self.find(key)?).map(|told| told.revisions.1)
    }

    pub(super) fn remove(&mut self, key: &Key) -> Option<KeyValue> {
        let slot = self.find(key)?;
        let told = self.told.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        let latest = self.latest.get(&told.moment).copied();
        if latest == Some(slot) {
            match told.earlier {
                Some(earlier) => self.latest.insert(told.moment, earlier),
                None => self.latest.remove(&told.moment),
            };
        } else {
            let mut later = latest;
            while let Some(one) = later.and_then(|at| self.told.get_mut(at as usize)?.as_mut()) {
                if one.earlier == Some(slot) {
                    one.earlier = told.earlier;
                    break;
                }
                later = one.earlier;
            }
        }
        Some(told.stored())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = KeyValue> {
        self.told.iter().flatten().map(Told::stored)
    }

    /// How many there are, and the revision of the last write to one of them.
    pub(super) fn extent(&self) -> (usize, u64) {
        let revisions = self.told.iter().flatten().map(|told| told.revisions.1);
        (
            self.told.len() - self.free.len(),
            revisions.max().unwrap_or(0),
        )
    }

    fn at(&self, slot: u32) -> Option<&Told> {
        self.told.get(slot as usize)?.as_ref()
    }

    fn find(&self, key: &Key) -> Option<u32> {
        let (about, moment) = moment_of(&key.name)?;
        let mut slot = self.latest.get(&moment).copied();
        while let Some(at) = slot {
            let told = self.at(at)?;
            if *told.about == *about && told.common.namespace == key.namespace {
                return Some(at);
            }
            slot = told.earlier;
        }
        None
    }
}

/// What many Events say in the same words, for one to be told from another.
type Words<'a> = ([&'a Str; 10], &'a str);

impl Common {
    fn words_of(event: &Event) -> Words<'_> {
        let about = &event.involved_object;
        (
            [
                &event.metadata.namespace,
                &about.api_version,
                &about.kind,
                &about.namespace,
                &event.reason,
                &event.source.component,
                &event.source.host,
                &event.kind,
                &event.reporting_component,
                &event.reporting_instance,
            ],
            &about.field_path,
        )
    }

    fn words(&self) -> Words<'_> {
        (
            [
                &self.namespace,
                &self.api_version,
                &self.kind,
                &self.about_namespace,
                &self.reason,
                &self.component,
                &self.host,
                &self.weight,
                &self.reporting_component,
                &self.reporting_instance,
            ],
            &self.field_path,
        )
    }

    fn of(event: &Event) -> Common {
        let about = &event.involved_object;
        Common {
            namespace: event.metadata.namespace.clone(),
            api_version: about.api_version.clone(),
            kind: about.kind.clone(),
            about_namespace: about.namespace.clone(),
            field_path: about.field_path.clone(),
            reason: event.reason.clone(),
            component: event.source.component.clone(),
            host: event.source.host.clone(),
            weight: event.kind.clone(),
            reporting_component: event.reporting_component.clone(),
            reporting_instance: event.reporting_instance.clone(),
        }
    }
}

impl Told {
    /// The Event without what it shares; None if it could not be put together again.
    fn of(stored: &KeyValue, known: &mut FxHashMap<u64, Vec<Rc<Common>>>) -> Option<Told> {
        let Object::Event(event) = &stored.value else {
            return None;
        };
        let about = &event.involved_object;
        let (named, moment) = moment_of(&event.metadata.name)?;
        if *named != *about.name || !is_plain(event, stored) {
            return None;
        }
        let words = Common::words_of(event);
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(words);
        let alike = known.entry(hash).or_default();
        let common = match alike.iter().find(|common| common.words() == words) {
            Some(common) => common.clone(),
            None => {
                let common = Rc::new(Common::of(event));
                alike.push(common.clone());
                common
            }
        };
        Some(Told {
            common,
            about: about.name.clone(),
            about_uid: about.uid.clone(),
            about_version: about.resource_version,
            uid: uid_bits(&event.metadata.uid.0)?,
            message: event.message.as_str().into(),
            first: seconds(event.first_timestamp)?,
            last: seconds(event.last_timestamp)?,
            created: seconds(event.metadata.creation_timestamp)?,
            count: event.count,
            earlier: None,
            moment,
            revisions: (stored.create_revision, stored.mod_revision),
            version: u32::try_from(stored.version).ok()?,
        })
    }

    /// The Event as it was.
    fn stored(&self) -> KeyValue {
        let common = &self.common;
        let (create_revision, mod_revision) = self.revisions;
        let event = Event {
            metadata: ObjectMeta {
                name: format!("{}.{:x}", self.about, self.moment).into(),
                namespace: common.namespace.clone(),
                uid: uid_of(self.uid),
                resource_version: mod_revision,
                creation_timestamp: Some(Timestamp::at(self.created.into())),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                api_version: common.api_version.clone(),
                kind: common.kind.clone(),
                namespace: common.about_namespace.clone(),
                name: self.about.clone(),
                uid: self.about_uid.clone(),
                resource_version: self.about_version,
                field_path: common.field_path.clone(),
                ..ObjectReference::default()
            },
            reason: common.reason.clone(),
            message: self.message.to_string(),
            source: EventSource {
                component: common.component.clone(),
                host: common.host.clone(),
                ..EventSource::default()
            },
            first_timestamp: Some(Timestamp::at(self.first.into())),
            last_timestamp: Some(Timestamp::at(self.last.into())),
            count: self.count,
            kind: common.weight.clone(),
            reporting_component: common.reporting_component.clone(),
            reporting_instance: common.reporting_instance.clone(),
            ..Event::default()
        };
        KeyValue {
            create_revision,
            mod_revision,
            version: self.version.into(),
            value: event.into(),
        }
    }
}

/// Whether nothing stands in the Event that [`Told`] has no place for.
fn is_plain(event: &Event, stored: &KeyValue) -> bool {
    let meta = &event.metadata;
    let others = [
        &event.other,
        &meta.other,
        &event.involved_object.other,
        &event.source.other,
    ];
    meta.resource_version == stored.mod_revision
        && meta.generate_name.is_empty()
        && meta.generation == 0
        && meta.deletion_timestamp.is_none()
        && meta.deletion_grace_period_seconds.is_none()
        && meta.labels.is_empty()
        && meta.annotations.is_empty()
        && meta.owner_references.is_empty()
        && meta.finalizers.is_empty()
        && others.into_iter().all(|other| other.is_empty())
}

/// The parts of a name as `client-go` makes it: what the Event is about, and when it was told.
fn moment_of(name: &str) -> Option<(&str, u64)> {
    let dot = name.bytes().rposition(|byte| byte == b'.')?;
    let (about, text) = (name.get(..dot)?, name.get(dot + 1..)?);
    let moment = number(text)?;
    (text.len() <= 16 && !text.starts_with('0')).then_some((about, moment))
}

fn seconds(time: Option<Timestamp>) -> Option<u32> {
    u32::try_from(time?.seconds()).ok()
}

/// The bits of a UID written as Kubernetes writes them.
fn uid_bits(uid: &str) -> Option<[u64; 2]> {
    let part = |from, to| number(uid.get(from..to)?);
    let dashed = |at| uid.as_bytes().get(at) == Some(&b'-');
    if uid.len() != 36 || ![8, 13, 18, 23].into_iter().all(dashed) {
        return None;
    }
    Some([
        part(0, 8)? << 32 | part(9, 13)? << 16 | part(14, 18)?,
        part(19, 23)? << 48 | part(24, 36)?,
    ])
}

fn uid_of([high, low]: [u64; 2]) -> Uid {
    let bits = u128::from(high) << 64 | u128::from(low);
    Uid(uuid_text(bits).into())
}

/// A number in small hexadecimal digits.
fn number(text: &str) -> Option<u64> {
    let mut number: u64 = 0;
    for byte in text.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        number = number << 4 | u64::from(digit);
    }
    (!text.is_empty()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(name: &str, change: impl FnOnce(&mut Event)) -> KeyValue {
        let time = crate::cluster::moment::Moment::from_millis(5000).timestamp();
        let mut event = Event {
            metadata: ObjectMeta {
                name: name.into(),
                namespace: "default".into(),
                uid: Uid("0a1b2c3d-0000-4000-8000-00000000000f".into()),
                resource_version: 7,
                creation_timestamp: Some(time),
                ..ObjectMeta::default()
            },
            involved_object: ObjectReference {
                kind: "Pod".into(),
                name: "web".into(),
                field_path: "spec.containers{web}".to_owned(),
                ..ObjectReference::default()
            },
            message: "Container started".to_owned(),
            first_timestamp: Some(time),
            last_timestamp: Some(time),
            count: 3,
            ..Event::default()
        };
        change(&mut event);
        KeyValue {
            create_revision: 5,
            mod_revision: 7,
            version: 2,
            value: event.into(),
        }
    }

    fn key(name: &str) -> Key {
        Key::new("default", name)
    }

    #[test]
    fn an_event_comes_back_as_it_was_or_is_not_taken() {
        let mut events = Events::default();
        for name in ["web.188696d2a5e00000", "web.188696d2a5e00001", "web.1"] {
            let kept = stored(name, |_| ());
            assert!(events.keep(&kept), "{name}");
            assert_eq!(events.get(&key(name)), Some(kept));
        }
        assert_eq!(events.extent(), (3, 7));
        assert_eq!(events.get(&key("web.2")), None);
        for name in [
            "web",
            "other.1",
            "web.",
            "web.01",
            "web.A",
            "web.11112222333344445",
        ] {
            assert!(!events.keep(&stored(name, |_| ())), "{name}");
        }
        let changes: [fn(&mut Event); 5] = [
            |event| event.metadata.uid = Uid("a".into()),
            |event| event.first_timestamp = None,
            |event| {
                event.metadata.labels.set("a", "b");
            },
            |event| event.metadata.resource_version = 6,
            |event| {
                event.other.insert("action".to_owned(), "Binding".into());
            },
        ];
        for change in changes {
            assert!(!events.keep(&stored("web.3", change)));
        }
    }

    #[test]
    fn events_told_in_one_nanosecond_are_told_apart() {
        let mut events = Events::default();
        let about = |name: &'static str| {
            stored(&format!("{name}.1"), |event| {
                event.involved_object.name = name.into();
            })
        };
        let all = ["a", "b", "c"].map(about);
        for gone in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
            for one in &all {
                assert!(events.keep(one));
            }
            let mut left = vec![0, 1, 2];
            for gone in gone {
                assert_eq!(
                    events.remove(&all[gone].value.key()).as_ref(),
                    Some(&all[gone])
                );
                left.retain(|one| *one != gone);
                for (at, one) in all.iter().enumerate() {
                    let found = events.get(&one.value.key()).is_some();
                    assert_eq!(found, left.contains(&at));
                }
            }
            assert_eq!(events.extent(), (0, 0));
        }
    }
}
