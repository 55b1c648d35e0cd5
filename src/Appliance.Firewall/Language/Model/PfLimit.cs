namespace Appliance.Firewall.Language;

/// <summary>What <c>set limit</c> bounds.</summary>
public enum PfLimit : byte
{
    States,
    SourceNodes,
    Frags,
    TableEntries,
    Anchors,
    EthAnchors,
}
