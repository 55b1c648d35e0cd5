using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>What the ruleset did: verdicts on what came in, and the states that were kept. Nothing without a ruleset.</summary>
internal static class FirewallSection
{
    private const string Id = "firewall";

    public static Markup Render(PageFacts facts)
    {
        if (!facts.Report.HasRuleset) return Markup.Of($"");
        VerdictSums sums = facts.Report.Sums;
        NodeAccounts accounts = facts.Accounts;
        long current = accounts.StatesCreated - accounts.StatesEnded;
        return PageSection.Of(
            Id,
            "Verdicts and states",
            "Blocked is what a rule refuses; dropped, what cannot be forwarded whatever the rules say. A connection has a state where it "
                + "comes in and one where it goes out.",
            Markup.Of($"""
                <h3>Frames that came in</h3>
                {PartsBar.Render(
                    "Frames that came in", accounts.Received, ("passed", "good", sums.Pass), ("blocked", "bad", sums.Block),
                    ("dropped", "dropped", sums.Drop), ("consumed", "consumed", sums.Consume))}
                <h3>States created</h3>
                {PartsBar.Render(
                    "States created", accounts.StatesCreated, ("current", "in", current), ("expired", "out", accounts.StatesEnded))}
                """));
    }
}
