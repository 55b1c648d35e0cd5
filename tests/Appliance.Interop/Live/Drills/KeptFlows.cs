using System.Globalization;

namespace Appliance.Interop.Live.Drills;

/// <summary>TCP connections and UDP flows that are used all the time, and counted when asked.</summary>
internal sealed class KeptFlows : IDisposable
{
    private const string Port = "5001";

    private readonly Background _serving;
    private readonly Background _holding;
    private int _rounds;

    /// <param name="client">Who opens them.</param>
    /// <param name="server">To whom.</param>
    /// <param name="address">Of the server.</param>
    /// <param name="connections">Of TCP.</param>
    /// <param name="udpFlows">Each from a port of its own.</param>
    /// <param name="perSecond">Questions, by turns, beside those that are asked of all.</param>
    public KeptFlows(Host client, Host server, string address, int connections, int udpFlows, int perSecond)
    {
        (Connections, UdpFlows) = (connections, udpFlows);
        _serving = server.Start(Peer.Python, LiveNetwork.Script("flows.py", "serve", address, Port));
        _serving.AwaitLine("serving");
        _holding = client.Start(
            Peer.Python, LiveNetwork.Script("flows.py", "hold", address, Port, $"{connections}", $"{udpFlows}", $"{perSecond}"));
        _holding.AwaitLine("holding");
    }

    public int Connections { get; }

    public int UdpFlows { get; }

    /// <summary>Asks every one; answers how many of each answered.</summary>
    public (int Connections, int UdpFlows) Count()
    {
        string name = $"round{++_rounds}: ";
        _holding.Tell(name[..^2]);
        _holding.AwaitLine(name);
        string[] words = _holding.Output.First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Split(' ');
        return (int.Parse(words[0], CultureInfo.InvariantCulture), int.Parse(words[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _holding.Dispose();
        _serving.Dispose();
    }
}
