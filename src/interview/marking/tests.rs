use proptest::prelude::*;

use super::*;
use crate::{
    history::{Difficulty, SelfMark},
    interview::{Aloud, CardFace, Match, Offer, Order, Pair, Short, SpokenPoint},
    walkthrough::Titles,
};

fn titles(text: &str) -> Titles {
    Titles {
        zh: text.to_owned(),
        en: text.to_owned(),
    }
}

fn question(ask: Ask) -> Question {
    Question {
        id: "q".into(),
        lesson: "d01".into(),
        domain: "docker".to_owned(),
        difficulty: Difficulty::Explain,
        prompt: titles("?"),
        why: titles("!"),
        source: String::new(),
        cards: Vec::new(),
        ask,
    }
}

fn point(id: &str, weight: u8) -> Point {
    Point {
        id: id.into(),
        weight,
        text: titles(id),
        any: Vec::new(),
        all: Vec::new(),
        before: None,
        not: Vec::new(),
        follow_up: None,
    }
}

fn forms(forms: &[&str]) -> Vec<String> {
    forms.iter().map(|form| (*form).to_owned()).collect()
}

fn short(points: Vec<Point>) -> Question {
    question(Ask::Short(Short {
        answer: titles("a"),
        points,
    }))
}

fn typed(question: &Question, text: &str) -> Marked {
    mark(question, &Given::Text(text.to_owned()))
}

/// Whether an answer makes a point of these forms.
fn makes(any: &[&str], text: &str) -> bool {
    let point = Point {
        any: forms(any),
        ..point("p", 1)
    };
    typed(&short(vec![point]), text).points[0].met
}

fn choice(right: &[bool]) -> Choice {
    let option = |right: &bool| Offer {
        text: titles("o"),
        right: *right,
        reason: None,
    };
    Choice {
        options: right.iter().map(option).collect(),
    }
}

#[test]
fn one_option_is_right_or_it_is_not() {
    let question = question(Ask::Choice(choice(&[false, true, false])));
    let credit = |chosen: &[usize]| mark(&question, &Given::Options(chosen.to_vec())).credit;
    assert_eq!(credit(&[1]), 1.0);
    assert_eq!(credit(&[0]), 0.0);
    assert_eq!(credit(&[0, 1]), 0.0);
    assert_eq!(credit(&[9]), 0.0);
    let marked = mark(&question, &Given::Options(vec![2]));
    let verdict = Verdict::Options {
        hit: vec![],
        missed: vec![1],
        wrong: vec![2],
    };
    assert_eq!(marked.verdict, verdict);
    assert_eq!(mark(&question, &Given::Nothing).verdict, Verdict::Nothing);
}

#[test]
fn wrong_options_of_several_take_away_from_right_ones() {
    let question = question(Ask::Multi(choice(&[true, true, false, true, false])));
    let credit = |chosen: &[usize]| mark(&question, &Given::Options(chosen.to_vec())).credit;
    assert_eq!(credit(&[0, 1, 3]), 1.0);
    assert_eq!(credit(&[3, 0]), 2.0 / 3.0);
    assert_eq!(credit(&[0, 1, 2]), 1.0 / 3.0);
    assert_eq!(credit(&[0, 1, 2, 3, 4]), 1.0 / 3.0);
    assert_eq!(credit(&[0, 0, 0]), 1.0 / 3.0);
    assert_eq!(credit(&[2, 4]), 0.0);
}

#[test]
fn an_order_counts_by_its_pairs() {
    let items = ["a", "b", "c", "d"].map(titles).to_vec();
    let question = question(Ask::Order(Order { items }));
    let credit = |places: &[usize]| mark(&question, &Given::Order(places.to_vec())).credit;
    assert_eq!(credit(&[0, 1, 2, 3]), 1.0);
    // Five of six pairs: 2 × 5/6 − 1.
    assert!((credit(&[1, 0, 2, 3]) - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(credit(&[0, 3, 2, 1]), 0.0);
    assert_eq!(credit(&[3, 2, 1, 0]), 0.0);
    assert_eq!(credit(&[0, 1, 2]), 0.0);
    assert_eq!(credit(&[0, 1, 2, 2]), 0.0);
    let marked = mark(&question, &Given::Order(vec![0, 1, 3, 2]));
    let verdict = Verdict::Order {
        agreeing: 5,
        pairs: 6,
    };
    assert_eq!(marked.verdict, verdict);
}

#[test]
fn pairs_count_by_their_share() {
    let pairs = ["a", "b", "c", "d"].map(|side| Pair {
        left: titles(side),
        right: titles(side),
    });
    let question = question(Ask::Match(Match {
        pairs: pairs.to_vec(),
    }));
    let credit =
        |chosen: [Option<usize>; 4]| mark(&question, &Given::Pairs(chosen.to_vec())).credit;
    assert_eq!(credit([Some(0), Some(1), Some(2), Some(3)]), 1.0);
    assert_eq!(credit([Some(0), None, Some(3), Some(2)]), 0.25);
    assert_eq!(credit([None; 4]), 0.0);
}

#[test]
fn ticked_points_and_the_learners_word_count_as_given() {
    let spoken = |id: &str, weight| SpokenPoint {
        id: id.into(),
        weight,
        text: titles(id),
    };
    let aloud = question(Ask::Aloud(Aloud {
        seconds: 60,
        answer: titles("a"),
        points: vec![spoken("a", 3), spoken("b", 1)],
    }));
    let marked = mark(&aloud, &Given::Points(vec!["a".into()]));
    assert_eq!(marked.credit, 0.75);
    assert!(marked.points[0].met && !marked.points[1].met);
    let card = question(Ask::Card(CardFace { back: titles("b") }));
    for (word, credit) in SelfMark::ALL.into_iter().zip([0.0, 0.5, 1.0]) {
        assert_eq!(mark(&card, &Given::Own(word)).credit, credit);
    }
    assert_eq!(mark(&card, &Given::Text("x".into())).credit, 0.0);
}

#[test]
fn points_weigh_and_their_words_are_shown() {
    let question = short(vec![
        Point {
            any: forms(&["共享 内核", "share* kernel"]),
            ..point("kernel", 3)
        },
        Point {
            all: forms(&["cgroup", "namespace"]),
            ..point("both", 1)
        },
    ]);
    let text = "容器【共享】宿主机的内核，VMs do not.";
    let marked = typed(&question, text);
    assert_eq!(marked.credit, 0.75);
    let shown: Vec<&str> = marked.points[0]
        .spans
        .iter()
        .map(|span| &text[span.clone()])
        .collect();
    assert_eq!(shown, ["共享", "内核"]);
    let all = typed(
        &question,
        "They share one kernel; namespaces and cgroups part them.",
    );
    assert_eq!(all.credit, 1.0);
}

#[test]
fn forms_are_found_as_the_format_says() {
    for (form, text) in [
        ("可写层", "文件在可写层里"),
        ("可写层", "在可写的层里"),
        ("可写 层", "可写的那一层"),
        ("共享 内核", "它们共享了宿主机的内核"),
        ("kube-proxy", "Kube Proxy 写规则"),
        ("kube-proxy", "ＫＵＢＥ－ＰＲＯＸＹ"),
        ("kernel", "one kernels"),
        ("pods", "a pod"),
        ("kernel", "the kernal"),
        ("container", "a conatiner"),
        ("isolat*", "isolation"),
        ("isolat*", "Isolated!"),
        ("share*|same kernel", "on the same kernel"),
        (
            "share*|same kernel",
            "sharing isn't it, they shared a kernel",
        ),
        ("exit code 137", "exits with code 137"),
        ("host", "the host's files"),
        ("10 秒", "１０秒"),
        ("用 docker", "用Docker启动"),
        ("no-cache", "`--no-cache`"),
    ] {
        assert!(makes(&[form], text), "{form}: {text}");
    }
    for (form, text) in [
        ("可写层", "可写的文件层"),
        ("共享 内核", "共享文件。内核另有一份"),
        ("pod", "pid"),
        ("mount", "count"),
        ("kernel", "keernell"),
        ("node", "mode"),
        ("isolat*", "violation"),
        ("replac*", "replicas"),
        ("137", "1370"),
        ("exit 137", "exit 136"),
        ("share* kernel", "kernel shared"),
    ] {
        assert!(!makes(&[form], text), "{form}: {text}");
    }
}

#[test]
fn a_form_in_parentheses_keeps_to_one_clause() {
    let wide = ["emptyDir 没了"];
    let narrow = ["(emptyDir 没了)"];
    for text in ["emptyDir 也没了", "/tmp 还在，emptyDir 里的没了"] {
        assert!(makes(&narrow, text), "{text}");
    }
    let text = "emptyDir 还在，/tmp 没了";
    assert!(makes(&wide, text));
    assert!(!makes(&narrow, text));
    let narrow = ["(rules kernel)"];
    assert!(makes(&narrow, "the rules are in the kernel"));
    assert!(!makes(&narrow, "there are rules, the kernel is old"));
}

#[test]
fn what_is_barred_may_not_stand_in_a_form() {
    for (form, text, met) in [
        ("CMD !ENTRYPOINT 默认", "CMD 给默认参数", true),
        (
            "CMD !ENTRYPOINT 默认",
            "CMD 定程序，ENTRYPOINT 给默认参数",
            false,
        ),
        (
            "!RUN when container starts",
            "CMD is used when a container starts",
            true,
        ),
        (
            "!RUN when container starts",
            "RUN is used when a container starts",
            false,
        ),
        (
            "!RUN when container starts",
            "RUN builds, CMD is used when a container starts",
            true,
        ),
        ("启动 快 !虚拟机", "启动快", true),
        ("启动 快 !虚拟机", "启动快的是虚拟机", false),
        ("启动 快 !虚拟机", "启动快，虚拟机慢", true),
        ("(each !asks|ask token)", "each gets a token", true),
        (
            "(each !asks|ask token)",
            "each of them asks for a token",
            false,
        ),
    ] {
        assert_eq!(makes(&[form], text), met, "{form}: {text}");
    }
}

#[test]
fn a_form_needs_a_word_that_is_not_barred() {
    for form in ["", "()", "!a", "(!a)", "a !", "|", "a |b"] {
        assert!(Form::parse(form).is_err(), "{form}");
    }
    for form in ["a", "(a)", "!a b", "a !b", "(!a b !c d !e)"] {
        assert!(Form::parse(form).is_ok(), "{form}");
    }
}

#[test]
fn what_follows_may_deny_a_form_too() {
    for (form, text) in [
        ("ReplicaSet makes", "The ReplicaSet makes no replacement"),
        ("rollout-undo", "and rollout undo won't help"),
        (
            "multi-stage",
            "a multi-stage build would not make it smaller",
        ),
        ("dockerignore", "a .dockerignore makes no difference"),
        ("容忍", "给 Pod 加容忍没有用"),
        ("日志 看", "日志看不到"),
        ("命名空间", "命名空间并不能隔离进程"),
        ("缓存挂载", "缓存挂载不能省下载"),
        ("dockerignore", ".dockerignore 挡不住 node_modules"),
        ("send* requests", "the Service stops sending requests"),
        ("发 流量", "Service 停止发流量"),
        ("authenticat*", "she failed to authenticate"),
    ] {
        assert!(!makes(&[form], text), "{form}: {text}");
    }
    for (form, text) in [
        ("选 一台", "给还没分配节点的 Pod 选一台"),
        ("看 请求", "CPU 不够看的是请求"),
        ("同一个 命名空间", "看在不在同一个命名空间"),
        ("kubelet confirm*", "not removed until the kubelet confirms"),
        ("可写层 没了", "可写层也跟着没了"),
        ("手动 执行", "实在不行就手动执行"),
    ] {
        assert!(makes(&[form], text), "{form}: {text}");
    }
    // What is denied ends where a "but" begins.
    assert!(!makes(&["不 用量"], "看的不是请求而是用量"));
}

#[test]
fn a_negation_close_before_cancels() {
    for (form, text) in [
        ("共享 内核", "容器不共享内核"),
        ("共享 内核", "容器并非共享宿主机的内核"),
        ("数据 丢", "数据不会丢"),
        ("删除", "没有被删除"),
        ("安装 系统", "无需另外安装操作系统"),
        ("share* kernel", "They do not share a kernel"),
        ("share* kernel", "They don't share a kernel."),
        ("share* kernel", "they dont share the kernel"),
        ("share* kernel", "they never share the kernel"),
        ("kernel share*", "The kernel is not shared"),
        ("deleted", "nothing is deleted"),
        ("virtual* hardware", "instead of virtualising hardware"),
        ("rebuild", "without a rebuild"),
        ("data lost", "no data is lost"),
        ("data lost", "data cannot be lost"),
        ("本地 有 就", "不会因为本地有镜像就不拉"),
        ("docker-logs", "docker logs does not show it"),
        ("docker-logs", "docker logs 也没有用"),
        ("docker-logs", "docker logs 也看不到"),
        ("查 DNS", "不用查 DNS"),
    ] {
        assert!(!makes(&[form], text), "{form}: {text}");
        let marked = typed(
            &short(vec![Point {
                any: forms(&[form]),
                ..point("p", 1)
            }]),
            text,
        );
        assert!(!marked.points[0].cancelled_by.is_empty(), "{form}: {text}");
    }
    for (form, text) in [
        ("共享 内核", "容器不是虚拟机，它们共享内核"),
        ("共享 内核", "容器不是虚拟机而是共享内核的进程"),
        ("共享 内核", "不同的容器共享内核"),
        ("共享 内核", "容器不仅共享内核"),
        ("进程", "不是虚拟机，但是进程"),
        ("share* kernel", "It is not a VM: they share the kernel"),
        ("share* kernel", "It is not a VM, they share the kernel"),
        ("share* kernel", "They not only share the kernel"),
        ("process", "It is nothing but a process"),
        (
            "share* kernel",
            "Not a VM but processes that share a kernel",
        ),
        ("不 删除", "它不会删除文件"),
        ("没|不 共享", "并没有共享"),
        ("n't share", "They don't share"),
        ("not deleted", "It is not deleted"),
        ("查 kube-proxy", "不用看标签，直接查 kube-proxy"),
        ("同一个 命名空间", "看是不是在同一个命名空间"),
        ("fail* probe", "Pods that fail the probe are not counted"),
    ] {
        assert!(makes(&[form], text), "{form}: {text}");
    }
    // A negation in a gap ends with its clause, and denies what its own clause says.
    assert!(makes(
        &["targetPort 改 8080"],
        "targetPort 不对，应该改成 8080"
    ));
    assert!(makes(&["管 ReplicaSet"], "它不直接管 Pod，它管 ReplicaSet"));
    assert!(!makes(&["PVC 绑定 不"], "PVC 已经绑定，不用改"));
    // So it does where another verb follows.
    assert!(makes(
        &["makes another"],
        "It no longer counts it and makes another"
    ));
    // One negation after another makes a double one only beside it.
    assert!(makes(
        &["no volume"],
        "No class is set and there is no volume"
    ));
    assert!(!makes(&["没 用"], "扩副本不是没用"));
    assert!(!makes(&["不 删除"], "它会删除文件"));
    assert!(!makes(&["不 kube-proxy"], "不用看标签，直接查 kube-proxy"));
    assert!(!makes(&["not deleted"], "It is deleted"));
}

#[test]
fn an_order_of_words_is_kept() {
    let question = short(vec![Point {
        before: Some("SIGTERM<SIGKILL".to_owned()),
        ..point("order", 1)
    }]);
    for (text, met) in [
        ("First SIGTERM, then SIGKILL", true),
        ("先发 SIGTERM，10 秒后发 SIGKILL", true),
        ("Before SIGKILL it sends SIGTERM", true),
        ("SIGKILL comes after SIGTERM", true),
        ("在发 SIGKILL 之前，先发 SIGTERM", true),
        ("SIGKILL 在 SIGTERM 之后", true),
        ("先发 SIGKILL，再发 SIGTERM", false),
        ("SIGTERM after SIGKILL", false),
        ("Before SIGTERM it sends SIGKILL", false),
        ("SIGTERM only", false),
        ("不发 SIGTERM，直接 SIGKILL", false),
    ] {
        assert_eq!(typed(&question, text).points[0].met, met, "{text}");
    }
}

#[test]
fn a_form_that_must_not_be_there_cancels() {
    let question = short(vec![Point {
        any: forms(&["可写层"]),
        not: forms(&["丢失"]),
        ..point("kept", 1)
    }]);
    assert!(typed(&question, "在可写层里").points[0].met);
    assert!(typed(&question, "在可写层里，不会丢失").points[0].met);
    let text = "在可写层里，会丢失";
    let marked = typed(&question, text);
    assert!(!marked.points[0].met);
    assert_eq!(&text[marked.points[0].cancelled_by[0].clone()], "丢失");
}

/// Two points denied or turned round, and no more made: what is left was right by chance.
#[test]
fn an_answer_that_denies_most_of_its_points_makes_none() {
    let mut see = point("see", 1);
    see.any = forms(&["namespace* see*"]);
    see.not = forms(&["(cgroup* see*)"]);
    let mut limit = point("limit", 1);
    limit.any = forms(&["cgroup* limit*"]);
    let mut kernel = point("kernel", 1);
    kernel.any = forms(&["one kernel"]);
    let mut start = point("start", 1);
    start.any = forms(&["start* fast*"]);
    let question = short(vec![see, limit, kernel, start]);
    let made = |text: &str| -> Vec<String> {
        let points = typed(&question, text).points;
        let met = points.iter().filter(|point| point.met);
        met.map(|point| point.id.as_str().to_owned()).collect()
    };
    let two = "cgroups say what it sees. cgroups do not limit memory. ";
    assert!(made(&format!("{two}There is one kernel.")).is_empty());
    assert!(made(&format!("{two}There is one kernel, they start faster.")).is_empty());
    assert_eq!(
        made("cgroups do not limit memory. There is one kernel."),
        ["kernel"],
        "one denial may be a slip"
    );
    assert!(made("cgroups say what it sees. There is one kernel.").is_empty());
    assert_eq!(
        made("Namespaces say what it sees, cgroups limit memory. There is one kernel."),
        ["see", "limit", "kernel"]
    );
    let marked = typed(&question, &format!("{two}There is one kernel."));
    assert!(
        !marked.points[2].cancelled_by.is_empty(),
        "it is shown what took the point away"
    );
}

#[test]
fn an_interviewer_asks_for_the_heaviest_missed_point() {
    let asks = |id, weight| Point {
        any: forms(&[id]),
        follow_up: Some(titles("?")),
        ..point(id, weight)
    };
    let silent = Point {
        any: forms(&["zero"]),
        ..point("zero", 3)
    };
    let question = short(vec![
        silent,
        asks("one", 1),
        asks("two", 2),
        asks("three", 2),
    ]);
    let next = |text: &str, seed| next_follow_up(&question, &typed(&question, text), seed);
    assert_eq!(next("nothing", 0), Some("two".into()));
    assert_eq!(next("nothing", 1), Some("three".into()));
    assert_eq!(next("three", 7), Some("two".into()));
    assert_eq!(next("two three", 7), Some("one".into()));
    assert_eq!(next("one two three", 7), None);
    let follow_up = FollowUp {
        point: "two".into(),
        text: "it is two, and three".to_owned(),
    };
    let first = typed(&question, "one");
    let mark = mark_follow_up(&question, &follow_up).expect("there is such a point");
    let marked = first.with(&question, &mark);
    assert_eq!((first.credit, marked.credit), (1.0 / 8.0, 3.0 / 8.0));
    let confirmed = marked.confirmed(&question, &["zero".into()]);
    assert_eq!(confirmed.credit, 3.0 / 8.0);
    assert!(confirmed.points[0].met && !confirmed.points[1].met);
}

/// Texts of what matters to the rules, and of anything else.
fn answers() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("共享".to_owned()),
        Just("内核".to_owned()),
        Just("不".to_owned()),
        Just("share the kernel".to_owned()),
        Just(" not ".to_owned()),
        Just("n't".to_owned()),
        Just("，".to_owned()),
        Just(". ".to_owned()),
        Just("'s ".to_owned()),
        Just("e\u{301}\u{200d}".to_owned()),
        Just("👩‍👩‍👧ﬁ㈠①½…".to_owned()),
        ".{0,6}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn any_point() -> Question {
    short(vec![
        Point {
            any: forms(&["共享 内核", "share* kernel", "内核"]),
            not: forms(&["no kernel"]),
            ..point("kernel", 2)
        },
        Point {
            before: Some("共享|share*<内核|kernel".to_owned()),
            ..point("order", 1)
        },
    ])
}

proptest! {
    #[test]
    fn any_answer_is_marked_and_its_spans_are_of_whole_characters(text in answers()) {
        let marked = typed(&any_point(), &text);
        prop_assert!((0.0..=1.0).contains(&marked.credit));
        for mark in &marked.points {
            let mut end = 0;
            for span in &mark.spans {
                prop_assert!(text.get(span.clone()).is_some_and(|part| !part.is_empty()));
                prop_assert!(span.start >= end, "in order");
                end = span.end;
            }
            for span in &mark.cancelled_by {
                prop_assert!(text.get(span.clone()).is_some());
            }
            prop_assert!(mark.met || mark.spans.is_empty());
            prop_assert!(!mark.met || mark.cancelled_by.is_empty());
        }
    }

    #[test]
    fn the_normal_form_of_a_text_is_its_own_and_earns_the_same(text in answers()) {
        let normal = normal::Normal::of(&text).text();
        prop_assert_eq!(normal::Normal::of(&normal).text(), normal.clone());
        let Ask::Short(short) = any_point().ask else {
            panic!("it is answered in sentences");
        };
        let met = |text: &str| -> Vec<bool> {
            points::mark_points(&short, text).iter().map(|mark| mark.met).collect()
        };
        prop_assert_eq!(met(&normal), met(&text), "{}", normal);
    }

    #[test]
    fn any_form_is_read_or_refused(
        form in prop_oneof![".{0,20}", "[(]?(!?[a-c内核不]{1,2}[ |]){0,5}[a-c内核][)]?"],
        text in answers(),
    ) {
        if Form::parse(&form).is_ok() {
            let question = short(vec![Point { any: vec![form], ..point("p", 1) }]);
            let _ = typed(&question, &text);
        }
    }

    #[test]
    fn any_given_is_marked(numbers in proptest::collection::vec(0usize..9, 0..9)) {
        let given = [
            Given::Options(numbers.clone()),
            Given::Order(numbers.clone()),
            Given::Pairs(numbers.iter().map(|number| (*number < 8).then_some(*number)).collect()),
        ];
        let items = ["a", "b", "c"].map(titles).to_vec();
        let asks = [
            Ask::Choice(choice(&[true, false])),
            Ask::Multi(choice(&[true, false, true])),
            Ask::Order(Order { items }),
            Ask::Match(Match { pairs: Vec::new() }),
        ];
        for ask in asks.map(question) {
            for given in &given {
                prop_assert!((0.0..=1.0).contains(&mark(&ask, given).credit));
            }
        }
    }
}
