using System.Collections.Immutable;
using Appliance.Reports;

namespace Appliance.Scenarios;

/// <summary>What a test.yaml says. Nothing of it has been looked up yet: neither files nor ports.</summary>
internal sealed record ScenarioFile
{
    /// <summary>The name it was opened by.</summary>
    public required string File { get; init; }

    /// <summary>Where its keys begin: <c>file:line:column</c>.</summary>
    public string Position { get; init; } = "";

    public Placed? Config { get; init; }

    /// <summary>Where input.pcap arrives: <c>PORT</c> or <c>PORT,PORT</c>.</summary>
    public Placed? Port { get; init; }

    /// <summary>Captures by the ports they arrive at; null where the key is absent.</summary>
    public ImmutableArray<(Placed Label, Placed File)>? Inputs { get; init; }

    public int? Vcpus { get; init; }

    public ulong? Seed { get; init; }

    /// <summary>Whether answers go to the endpoints that the appliance has chosen.</summary>
    public bool FollowsNat { get; init; }

    public ImmutableArray<PacketExpectation> Verdicts { get; init; } = [];

    /// <summary>Of the packets that <see cref="Verdicts"/> does not name.</summary>
    public ExpectedVerdict? Default { get; init; }

    /// <summary>Null where the key is absent.</summary>
    public ImmutableArray<Expectation>? Counters { get; init; }

    /// <summary>Captures of what is to leave, by port.</summary>
    public ImmutableArray<(Placed Port, Placed File)> Outputs { get; init; } = [];

    /// <summary>A scenario that expects nothing could not fail.</summary>
    public bool ExpectsNothing => Verdicts.IsEmpty && Default is null && Counters is null or { IsEmpty: true } && Outputs.IsEmpty;
}
