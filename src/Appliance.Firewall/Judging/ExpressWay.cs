using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Appliance.Engine;
using Appliance.Wire.Checksums;
using Appliance.Wire.Ip;

namespace Appliance.Firewall;

/// <summary>
/// What the long path has found for the IPv4 frames that come in by a state: out by which port and to whom they go
/// (<see cref="FlowRecord.NextHop"/> and <see cref="FlowRecord.EgressPort"/>), and the endpoints that they leave with. It holds as long as
/// <see cref="FlowRecord.NextHopGeneration"/> is the present <see cref="PathEpoch"/> and the state has its partner.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(ushort))]
internal struct ExpressWay
{
    public ulong Addresses;                                             // source and destination, as they lie in memory
    public uint Ports;                                                  // likewise
    public ushort AddressDifference;                                    // RFC 1624: ~m + m' of the addresses, folded; in memory's order
    public ushort EndpointDifference;                                   // of addresses and ports
    public byte CameCounters;                                           // where in the state its frames are counted
    public byte LeavesCounters;                                         // and in its partner
    public bool IsTranslated;                                           // by either
    public PairTrack CameSteady;                                        // Passage: trackers that one more datagram does not change
    public PairTrack LeavesSteady;

    /// <summary>What <see cref="FlowRecord.IsForward"/> answers of the state on the wire's side.</summary>
    public readonly bool CameForward => CameCounters == FlowRecord.ForwardOffset;

    /// <summary>And of its partner on the stack's.</summary>
    public readonly bool LeavesForward => LeavesCounters == FlowRecord.ForwardOffset;

    /// <summary>Whether the state's frames that come in by this port have a way now.</summary>
    public static bool IsKnown(ref FlowRecord state, ushort ingress, uint epoch) =>
        state.NextHopGeneration == epoch && state.ExpressPort == ingress;

    public static void Forget(ref FlowRecord state) => state.NextHopGeneration = PathEpoch.Never;

    /// <summary>
    /// Remembers the way of a frame that came in by one state and has just been passed by its partner on the way out. Of which every frame
    /// is logged has none.
    /// </summary>
    /// <param name="came">By which it came in.</param>
    /// <param name="leaves">By which it goes out.</param>
    /// <param name="frame">Routed.</param>
    /// <param name="epoch">The present.</param>
    public static void Note(ref FlowRecord came, in FlowRecord leaves, Frame frame, uint epoch)
    {
        if (((came.Flags | leaves.Flags) & FlowFlags.LogAll) != FlowFlags.None) return;
        FrameEndpoints before = StateEndpoints.ComingIn(came.Wire), behind = StateEndpoints.GoingOut(leaves.Wire);
        (ulong addresses, uint ports) = InMemory(behind);
        (ulong oldAddresses, uint oldPorts) = InMemory(before);
        ulong difference = (uint)~oldAddresses + (ulong)(uint)(~oldAddresses >> 32) + (uint)addresses + (uint)(addresses >> 32);
        came.Express = new ExpressWay
        {
            Addresses = addresses,
            Ports = ports,
            AddressDifference = ChecksumDelta.Fold(difference),
            EndpointDifference = ChecksumDelta.Fold(difference + ~oldPorts + ports),
            CameCounters = CountersOf(came.IsForward(FlowSide.Wire)),
            LeavesCounters = CountersOf(leaves.IsForward(FlowSide.Stack)),
            IsTranslated = ((came.Flags | leaves.Flags) & FlowFlags.Translated) != FlowFlags.None,
        };
        came.NextHop = frame.Info.NextHop;
        came.EgressPort = frame.Info.EgressPort;
        came.ExpressPort = frame.Info.IngressPort;
        came.NextHopGeneration = epoch;
    }

    private static byte CountersOf(bool forward) => (byte)(forward ? FlowRecord.ForwardOffset : FlowRecord.ReverseOffset);

    private static (ulong Addresses, uint Ports) InMemory(in FrameEndpoints ends)
    {
        Span<byte> bytes = stackalloc byte[12];
        new Ipv4Address((uint)ends.Source).WriteTo(bytes);
        new Ipv4Address((uint)ends.Destination).WriteTo(bytes[4..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], ends.SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], ends.DestinationPort);
        return (MemoryMarshal.Read<ulong>(bytes), MemoryMarshal.Read<uint>(bytes[8..]));
    }
}
