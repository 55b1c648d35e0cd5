using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>Where the frames went: two bars that are equally long when the accounts balance.</summary>
internal static class AccountsSection
{
    public const string Id = "accounts";

    public static Markup Render(PageFacts facts)
    {
        NodeAccounts accounts = facts.Accounts;
        long came = accounts.Received + accounts.Generated;
        long went = accounts.Transmitted + accounts.Dropped + accounts.Consumed;
        long scale = Math.Max(came, went);
        return PageSection.Of(
            Id,
            "Where the frames went",
            "Every frame that came in or was made here left, was dropped with a reason, or ended at a function of the appliance.",
            Markup.Of($"""
                <h3>Where they came from</h3>
                {PartsBar.Render(
                    "Where they came from", scale, ("in", "in", accounts.Received), ("generated", "generated", accounts.Generated))}
                <h3>What became of them</h3>
                {PartsBar.Render(
                    "What became of them", scale, ("out", "out", accounts.Transmitted), ("dropped", "dropped", accounts.Dropped),
                    ("consumed", "consumed", accounts.Consumed))}
                <p class="sum">{Sum(accounts)} <b class="{(accounts.IsBalanced ? "good" : "bad")}">{Verdict(came, went)}</b></p>
                """));
    }

    private static string Sum(NodeAccounts accounts) =>
        $"{Quantity.Count(accounts.Received)} in + {Quantity.Count(accounts.Generated)} generated = " +
        $"{Quantity.Count(accounts.Transmitted)} out + {Quantity.Count(accounts.Dropped)} dropped + " +
        $"{Quantity.Count(accounts.Consumed)} consumed:";

    private static string Verdict(long came, long went) =>
        came == went ? "balanced" : $"not balanced, {Quantity.Count(Math.Abs(came - went))} {(came > went ? "missing" : "too many")}";
}
