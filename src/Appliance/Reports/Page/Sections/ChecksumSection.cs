using Appliance.Node;

namespace Appliance.Reports.Page;

/// <summary>Transport checksums verified and computed here.</summary>
internal static class ChecksumSection
{
    private const string Id = "checksums";

    public static Markup Render(PageFacts facts)
    {
        NodeAccounts accounts = facts.Accounts;
        long good = accounts.ChecksumsVerified - accounts.ChecksumsBad;
        return PageSection.Of(
            Id,
            "Checksums",
            "Of TCP, UDP and ICMP. Only what somebody needs to know is verified here; what forwarding changes is corrected by difference.",
            Markup.Of($"""
                <h3>Verified</h3>
                {PartsBar.Render("Verified", accounts.ChecksumsVerified, ("fine", "good", good), ("dropped", "bad", accounts.ChecksumsBad))}
                <p class="sum"><b>{Quantity.Count(accounts.ChecksumsComputed)}</b> computed here in full</p>
                """));
    }
}
