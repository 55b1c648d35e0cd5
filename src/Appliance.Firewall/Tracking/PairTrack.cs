using System.Runtime.InteropServices;

namespace Appliance.Firewall;

/// <summary>
/// A flow of UDP or of a protocol that is not looked into. An end is <see cref="PairState.Multiple"/> once the other has answered it.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct PairTrack
{
    public PairState Initiator, Responder;
    public StateTimeout Timeout;

    /// <summary>From its first datagram.</summary>
    public static PairTrack Create(bool udp) =>
        new() { Initiator = PairState.Single, Timeout = udp ? StateTimeout.UdpFirst : StateTimeout.OtherFirst };

    /// <summary>A further datagram; every one passes.</summary>
    public void Advance(bool udp, bool fromInitiator)
    {
        ref PairState source = ref Initiator, peer = ref Responder;
        if (!fromInitiator)
        {
            source = ref Responder;
            peer = ref Initiator;
        }

        if (source < PairState.Single) source = PairState.Single;
        if (peer == PairState.Single) peer = PairState.Multiple;
        bool isMutual = Initiator == PairState.Multiple && Responder == PairState.Multiple;
        StateTimeout timeout = udp
            ? isMutual ? StateTimeout.UdpMultiple : StateTimeout.UdpSingle
            : isMutual ? StateTimeout.OtherMultiple : StateTimeout.OtherSingle;
        if (Timeout != timeout) Timeout = timeout;      // a line that is not written need not be written back
    }
}
