using System.Collections.Immutable;
using Appliance.Configuration.Keys;

namespace Appliance.Configuration.Asked;

/// <summary>
/// <see cref="Keys" /> has the place of each key that was written, right or wrong, and is null when no mapping stood behind the name.
/// <see cref="IsSound" />: nothing was wrong, so that an absent value was not asked for.
/// </summary>
internal sealed record PortConfig(Positioned<string> Name, bool IsSound, IReadOnlyDictionary<string, TextPosition>? Keys)
{
    public Positioned<PortBackend>? Backend { get; init; }
    public Positioned<string>? Device { get; init; }
    public Positioned<string>? Parent { get; init; }
    public Positioned<int>? Vlan { get; init; }
    public ImmutableArray<Positioned<PortAddress>> Addresses { get; init; } = [];
    public Positioned<int>? Mtu { get; init; }
    public OffloadModel Offloads { get; init; } = OffloadModel.Default;
    public TextPosition? RpsPosition { get; init; }
    public ImmutableArray<Positioned<string>> Groups { get; init; } = [];
    public ReversePath ReversePath { get; init; }
    public Positioned<string>? HostPath { get; init; }
    public Positioned<bool>? TakeOver { get; init; }

    public TextPosition? PositionOf(Key key) => Keys is not null && Keys.TryGetValue(key.Name, out TextPosition position) ? position : null;
}
