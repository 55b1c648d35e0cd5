using System.Collections.Immutable;

namespace Appliance.Firewall;

/// <summary>The states of a flow's ends as pfctl prints them, <c>initiator:responder</c>. Every text is made once.</summary>
public static class StateNames
{
    private static readonly ImmutableArray<string> Tcp = Pairs(
        "CLOSED", "LISTEN", "SYN_SENT", "SYN_RCVD", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT_1", "CLOSING", "LAST_ACK", "FIN_WAIT_2",
        "TIME_WAIT");

    private static readonly ImmutableArray<string> Sctp = Pairs(
        "CLOSED", "BOUND", "LISTEN", "COOKIE_WAIT", "COOKIE_ECHOED", "ESTABLISHED", "SHUTDOWN_SENT", "SHUTDOWN_RECEIVED",
        "SHUTDOWN_ACK_SENT", "SHUTDOWN_PENDING");

    private static readonly ImmutableArray<string> Pair = Pairs("NO_TRAFFIC", "SINGLE", "MULTIPLE");

    private const int TcpStates = 11, SctpStates = 10, PairStates = 3;

    /// <summary>ICMP flows have none; pfctl prints their zeros.</summary>
    public const string Icmp = "0:0";

    public static string Of(in TcpTrack track) => Tcp[((int)track.Initiator.State * TcpStates) + (int)track.Responder.State];

    public static string Of(in SctpTrack track) => Sctp[((int)track.Initiator.State * SctpStates) + (int)track.Responder.State];

    public static string Of(in PairTrack track) => Pair[((int)track.Initiator * PairStates) + (int)track.Responder];

    private static ImmutableArray<string> Pairs(params string[] names) =>
        [.. names.SelectMany(initiator => names.Select(responder => $"{initiator}:{responder}"))];
}
