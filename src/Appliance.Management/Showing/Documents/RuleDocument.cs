namespace Appliance.Management;

/// <summary>A row of <c>show rules</c>, as <c>pfctl -vsr</c> has it.</summary>
/// <param name="Depth">Anchors that it stands in.</param>
/// <param name="OpensBody">Whether it is an anchor whose rules follow, one deeper.</param>
public sealed record RuleDocument(
    string Id, string Rule, int Depth, bool OpensBody, long Evaluations, long Packets, long Bytes, long StatesCreated, long States);
