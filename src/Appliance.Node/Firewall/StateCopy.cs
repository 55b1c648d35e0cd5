using Appliance.Firewall;
using Appliance.Firewall.Language;

namespace Appliance.Node;

/// <summary>
/// A state as it was when it was looked at, and the names for it: what any thread can make a <see cref="StateEntry"/> of.
/// </summary>
public sealed class StateCopy
{
    private FlowRecord _record;

    public required FlowRecord Record { get => _record; init => _record = value; }

    public required string Port { get; init; }
    public required int Vcpu { get; init; }

    /// <summary>Null: no ruleset that is remembered has it.</summary>
    public required string? Rule { get; init; }

    public required long AgeSeconds { get; init; }
    public required long ExpiresSeconds { get; init; }

    public StateEntry ToEntry()
    {
        var ends = new StateEnds(_record);
        return new StateEntry
        {
            Id = _record.Id,
            Protocol = ProtocolNames.NameOf(ends.Protocol),
            Direction = _record.Direction == FlowDirection.In ? "in" : "out",
            Port = Port,
            Source = ends.SourceText,
            Destination = ends.DestinationText,
            Gateway = ends.GatewayText,
            State = StateWords.Of(ref _record),
            Packets = (_record.ForwardPackets, _record.ReversePackets),
            Bytes = (_record.ForwardBytes, _record.ReverseBytes),
            AgeSeconds = AgeSeconds,
            ExpiresSeconds = ExpiresSeconds,
            Vcpu = Vcpu,
            Rule = Rule,
        };
    }
}
