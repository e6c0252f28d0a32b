use std::sync::Arc;

use ratatui::{Terminal, backend::TestBackend};

use super::*;
use crate::{
    cluster::{
        Cluster, ClusterConfig,
        trace::{Step, StepId},
    },
    tui::theme::{ColourDepth, ThemeName},
    walkthrough::{self, Run},
};

fn run(name: &str) -> Run {
    let scenario = walkthrough::find(name).expect("there is such a scenario");
    Run::new(&scenario, 1, false)
}

/// A scene and how it is looked at.
struct Look {
    scene: Scene,
    theme: Theme,
    flight: f32,
    signs: Signs,
    locale: &'static Locale,
}

impl Look {
    fn at(cluster: &Cluster, steps: &[Arc<Step>], cursor: usize) -> Look {
        Look {
            scene: Scene::new(cluster, steps, cursor),
            theme: Theme::new(ThemeName::Dark, ColourDepth::True),
            flight: 1.0,
            signs: Signs::UNICODE,
            locale: Locale::en(),
        }
    }

    fn of(run: &Run, cursor: usize) -> Look {
        let step = StepId(u32::try_from(cursor).expect("a step's number"));
        Look::at(&run.at(step), run.steps(), cursor)
    }

    fn map(&self) -> Map<'_> {
        Map {
            scene: &self.scene,
            flight: self.flight,
            selected: None,
            first_node: 0,
            zoom: None,
            theme: &self.theme,
            signs: &self.signs,
            locale: self.locale,
        }
    }
}

fn paint(map: &Map<'_>, width: u16, height: u16) -> TestBackend {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a buffer");
    terminal
        .draw(|frame| map.draw(frame, frame.area()))
        .expect("drawn");
    terminal.backend().clone()
}

#[test]
fn it_is_drawn_in_any_room_with_any_number_of_nodes() {
    for nodes in [0, 1, 2, 3, 7, 30, 120] {
        let cluster = Cluster::new(&ClusterConfig::with_nodes(nodes, 1));
        let look = Look::at(&cluster, &[], 0);
        for (width, height) in sizes() {
            paint(&look.map(), width, height);
        }
    }
}

fn sizes() -> impl Iterator<Item = (u16, u16)> {
    let widths = [
        0, 1, 2, 5, 13, 29, 40, 59, 60, 61, 74, 80, 120, 157, 200, 250,
    ];
    let heights = [0, 1, 2, 4, 7, 12, 13, 14, 17, 22, 30, 45, 60, 80];
    widths
        .into_iter()
        .flat_map(move |width| heights.map(|height| (width, height)))
}
