namespace Appliance.Failover.Tests;

/// <summary>A state as far as sync can tell: which, which life of it, how far it has come.</summary>
internal sealed record FakeState(uint Key, uint Life, uint Version)
{
    public bool IsOwn { get; init; }

    /// <summary>Told of since the last <c>BeginWhole</c>.</summary>
    public bool IsTold { get; init; }

    /// <summary>What both boxes must agree on.</summary>
    public (uint Key, uint Life, uint Version) Content => (Key, Life, Version);
}
