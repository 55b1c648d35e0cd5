using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Simulation;

/// <summary>
/// A switch that learns behind which port a station is from the source of its frames, forgets it after a while, and floods what it does
/// not know: what makes gratuitous ARP and the adverts' own source address necessary.
/// </summary>
internal sealed class Switch(World world) : IStation
{
    /// <summary>Nanoseconds after which a silent station is forgotten; most switches have five minutes.</summary>
    public const long Memory = 300 * Duration.Second;

    private readonly List<Cable> _cables = [];
    private readonly List<bool> _hearsGroups = [];
    private readonly Dictionary<MacAddress, (int Port, MonotonicTime At)> _known = [];

    /// <summary>Frames to one station that went to all.</summary>
    public long Flooded { get; private set; }

    /// <summary>Puts a new cable to a station in the next free port; the switch is its far end.</summary>
    /// <param name="name">Of the cable.</param>
    /// <param name="station">At the other end.</param>
    /// <param name="stationPort">Of the station.</param>
    /// <param name="hearsGroups">Whether it listens to any group, as the switch has learned by snooping; all hear what is for all.</param>
    public Cable Connect(string name, IStation station, int stationPort, bool hearsGroups = true)
    {
        var cable = new Cable(world, name, new CableEnd(station, stationPort), new CableEnd(this, _cables.Count));
        _cables.Add(cable);
        _hearsGroups.Add(hearsGroups);
        return cable;
    }

    public void Hear(int port, byte[] frame)
    {
        if (frame.Length < EthernetView.HeaderLength) return;
        var source = MacAddress.Read(frame.AsSpan(MacAddress.Length));
        var destination = MacAddress.Read(frame);
        if (!source.IsGroup) _known[source] = (port, world.Now);
        (int Port, MonotonicTime At) known = default;
        bool isKnown = !destination.IsGroup && _known.TryGetValue(destination, out known) && world.Now - known.At < Memory;
        if (isKnown)
        {
            if (known.Port != port) _cables[known.Port].FromFar(frame);
            return;
        }

        if (!destination.IsGroup) Flooded++;
        bool isForGroup = destination.IsGroup && destination != MacAddress.Broadcast;
        for (int to = 0; to < _cables.Count; to++)
        {
            if (to != port && (_hearsGroups[to] || !isForGroup)) _cables[to].FromFar(frame);
        }
    }
}
