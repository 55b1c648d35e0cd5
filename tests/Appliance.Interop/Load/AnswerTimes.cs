using System.Diagnostics;
using System.Net.Sockets;
using Appliance.Interop.Live;
using Appliance.Management;

namespace Appliance.Interop.Load;

/// <summary>
/// How soon the control socket answers, and how soon somebody who has nothing else to do would, asked in turn: the difference is the
/// appliance's, the rest the machine's.
/// </summary>
internal sealed class AnswerTimes : IDisposable
{
    private readonly string _socket;
    private readonly string _peerSocket;
    private readonly Background _peer;
    private readonly List<double> _appliance = [], _idle = [];          // seconds
    private readonly Repetition _asking;

    public AnswerTimes(LiveNetwork network)
    {
        _socket = network.Folder["live.sock"];
        _peerSocket = network.Folder["peer.sock"];
        _peer = network.Box.Start(Peer.Python, LiveNetwork.Script("answering.py", _peerSocket));
        _peer.AwaitLine("answering");
        _asking = new Repetition(Measure, restMilliseconds: 20);
        Measure();                                      // what is made on first use
        _appliance.Clear();
        _idle.Clear();
    }

    /// <summary>Half of its answers took no longer, in seconds.</summary>
    public double OfAppliance => Statistics.Median(_appliance);

    public double OfIdlePeer => Statistics.Median(_idle);

    /// <summary>Begins to ask, until <see cref="Stop"/>.</summary>
    public void Start() => _asking.Start();

    public void Stop() => _asking.Stop();

    public override string ToString() =>
        $"show counters: {_appliance.Count} answers, half of them within {OfAppliance * 1000:F1} ms, the slowest "
        + $"{_appliance.Max() * 1000:F0} ms; an idle peer: {OfIdlePeer * 1000:F1} ms, {_idle.Max() * 1000:F0} ms";

    public void Dispose()
    {
        Stop();
        _peer.Dispose();
    }

    private void Measure()
    {
        long begin = Stopwatch.GetTimestamp();
        using (var client = new ControlClient(_socket)) client.GetAsync("show/counters").GetAwaiter().GetResult();
        _appliance.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
        begin = Stopwatch.GetTimestamp();
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Connect(new UnixDomainSocketEndPoint(_peerSocket));
            socket.Send("?"u8);
            socket.Receive(new byte[16]);
        }

        _idle.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }
}
