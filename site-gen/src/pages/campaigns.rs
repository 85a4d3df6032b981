//! Pages of campaigns: the lists, each campaign, and the form of an idea.

use domain::{Campaign, Invalid, Phase, Slug};

use super::{Paging, Rendered};
use crate::address;
use crate::plan::PhaseGroup;
use crate::render::Made;
use crate::view::{CampaignCard, Filled, FilterView, Head};

impl Paging<'_> {
    pub(super) fn campaigns(&self) -> Rendered {
        let head = self.head("campaigns", self.renderer.trail_home());
        self.campaign_list(head, |_| true, None, None)
    }

    pub(super) fn campaigns_in(&self, group: PhaseGroup) -> Rendered {
        let key = format!("campaigns-in.{}", group.key());
        let head = self.head(&key, self.renderer.trail_to_campaigns());
        let now = self.views.now;
        let wanted = |campaign: &Campaign| group.holds(campaign.phase(now));
        self.campaign_list(head, wanted, Some(group), None)
    }

    pub(super) fn campaigns_of(&self, space: &Slug) -> Option<Rendered> {
        let held = self.renderer.catalogue().spaces.get(space)?;
        let args = [("space", held.name.clone())];
        let head = Head {
            space: self.renderer.space_mark(space),
            ..Head::of(
                self.said("head.campaigns-of.title", &args),
                self.said("head.campaigns-of.description", &args),
                self.page.address(),
                self.renderer.trail_to_campaigns(),
            )
        };
        let wanted = |campaign: &Campaign| campaign.space == *space;
        Some(self.campaign_list(head, wanted, None, Some(space)))
    }

    fn campaign_list(
        &self,
        head: Head,
        wanted: impl Fn(&Campaign) -> bool,
        of_phase: Option<PhaseGroup>,
        of_space: Option<&Slug>,
    ) -> Rendered {
        let now = self.views.now;
        let groups: Vec<_> = PhaseGroup::ALL
            .into_iter()
            .map(|group| {
                let cards =
                    self.cards(|campaign| wanted(campaign) && group.holds(campaign.phase(now)));
                (group, cards)
            })
            .filter(|(_, campaigns)| !campaigns.is_empty())
            .map(|(group, campaigns)| {
                let title = self.said(&format!("phase-group.{}", group.key()), &[]);
                serde_json::json!({"title": title, "phase": group.key(), "campaigns": campaigns})
            })
            .collect();
        let count = |wanted: &dyn Fn(&Campaign) -> bool| {
            let campaigns = self.renderer.catalogue().campaigns.values();
            campaigns.filter(|campaign| wanted(campaign)).count() as u64
        };
        let mut phases = vec![FilterView {
            label: self.said("campaigns.every", &[]),
            href: address::CAMPAIGNS.to_owned(),
            count: count(&|_| true),
            current: of_phase.is_none() && of_space.is_none(),
        }];
        phases.extend(PhaseGroup::ALL.into_iter().map(|group| FilterView {
            label: self.said(&format!("phase-filter.{}", group.key()), &[]),
            href: address::campaigns_in(group),
            count: count(&|campaign| group.holds(campaign.phase(now))),
            current: of_phase == Some(group),
        }));
        let spaces = self.renderer.catalogue().spaces_in_order();
        let spaces: Vec<FilterView> = spaces
            .into_iter()
            .map(|space| FilterView {
                label: space.name.clone(),
                href: address::campaigns_of(&space.slug),
                count: count(&|campaign| campaign.space == space.slug),
                current: of_space == Some(&space.slug),
            })
            .collect();
        let head = Head {
            feed: self.feed_link("campaigns", address::CAMPAIGNS_FEED),
            ..head
        };
        let view = serde_json::json!({
            "heading": head.title,
            "groups": groups,
            "phases": phases,
            "spaces": spaces,
        });
        self.document("campaigns.html", &head, &view)
    }

    pub(super) fn campaign(&self, campaign: &Campaign) -> Result<Made, crate::theme::RenderError> {
        const LATEST: usize = 3;
        let tally = self.contributions.tally(&campaign.slug);
        let latest: Vec<_> = self
            .contributions
            .cards(&campaign.slug)
            .all()
            .iter()
            .take(LATEST)
            .map(|card| self.views.idea_card(&campaign.slug, card))
            .collect();
        let trail = self.renderer.trail_to_campaigns();
        let head = self.head_of(campaign, &campaign.title, &campaign.summary, trail);
        let view = serde_json::json!({
            "campaign": self.views.campaign(campaign, tally),
            "latest": latest,
        });
        self.document("campaign.html", &head, &view)
    }

    pub(super) fn propose(&self, campaign: &Campaign) -> Rendered {
        let now = self.views.now;
        let html = if campaign.is_open(now) {
            let blank = Filled::default();
            self.renderer
                .idea_form(campaign, blank, &Invalid::default(), now)?
        } else {
            self.renderer.closed(campaign, &[], now)?
        };
        Ok(self.text(html))
    }

    pub(super) fn cards(&self, wanted: impl Fn(&Campaign) -> bool) -> Vec<CampaignCard> {
        self.in_order(wanted)
            .into_iter()
            .map(|campaign| {
                let tally = self.contributions.tally(&campaign.slug);
                self.views.campaign_card(campaign, tally)
            })
            .collect()
    }

    /// Open campaigns first, those that close soonest before the others; then to come; then past,
    /// the most recent first.
    pub(super) fn in_order(&self, wanted: impl Fn(&Campaign) -> bool) -> Vec<&Campaign> {
        let mut campaigns: Vec<&Campaign> = self
            .renderer
            .catalogue()
            .campaigns
            .values()
            .filter(|campaign| wanted(campaign))
            .collect();
        campaigns.sort_by_key(|campaign| {
            let phase = campaign.phase(self.views.now);
            let past = !matches!(phase, Phase::Open | Phase::Upcoming);
            let closes = campaign.closes_at().as_second();
            (
                phase.min(Phase::Closed),
                if past { -closes } else { closes },
            )
        });
        campaigns
    }
}
