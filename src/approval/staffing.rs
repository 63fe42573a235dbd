//! Whether a chain can be completed at all: each level needs its quorum, and a person counts once.

use super::Chain;
use crate::subject::SubjectId;

/// A level that cannot get its quorum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Index of the level.
    pub level: usize,
    /// Its name.
    pub name: String,
    /// Its quorum.
    pub needed: u16,
    /// How many people are left for it when the levels before it took theirs as sparingly as possible.
    pub found: u16,
}

impl Chain {
    /// The first level that these people (ids with the levels each may fill) cannot fill when a person counts once and the requester
    /// never does; `None` if the chain can be completed.
    pub fn shortfall(&self, people: &[(SubjectId, Vec<String>)], requester: Option<&SubjectId>) -> Option<Shortfall> {
        let mut seats: Vec<Option<usize>> = vec![None; people.len()];
        for (level, asked) in self.levels.iter().enumerate() {
            for found in 0..asked.quorum {
                let mut tried = vec![false; people.len()];
                if !self.seat(level, people, requester, &mut seats, &mut tried) {
                    return Some(Shortfall {
                        level,
                        name: asked.name.clone(),
                        needed: asked.quorum,
                        found,
                    });
                }
            }
        }
        None
    }

    /// Finds one more person for a level, moving others to levels they may fill as well (an augmenting path of a bipartite matching).
    fn seat(
        &self,
        level: usize,
        people: &[(SubjectId, Vec<String>)],
        requester: Option<&SubjectId>,
        seats: &mut [Option<usize>],
        tried: &mut [bool],
    ) -> bool {
        for (person, (id, levels)) in people.iter().enumerate() {
            if tried[person] || requester == Some(id) || !levels.contains(&self.levels[level].name) {
                continue;
            }
            tried[person] = true;
            let free = match seats[person] {
                None => true,
                Some(taken) => self.seat(taken, people, requester, seats, tried),
            };
            if free {
                seats[person] = Some(level);
                return true;
            }
        }
        false
    }
}
