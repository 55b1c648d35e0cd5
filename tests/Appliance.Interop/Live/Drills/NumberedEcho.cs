using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Appliance.Interop.Load;
using Xunit;

namespace Appliance.Interop.Live.Drills;

/// <summary>
/// Numbered datagrams at a steady rate from one host to another, which answers each: through the pair, and beside it over a cable that
/// joins the two hosts. What is late on both is the machine's, not the pair's. Times are ticks of the stopwatch, nanoseconds here.
/// </summary>
internal sealed class NumberedEcho : IDisposable
{
    public const int Port = 9;

    /// <summary>Seconds that a run may last.</summary>
    private const int MostSeconds = 1800;
    private const int SourcePort = 20_000, Bytes = 8, MillisecondsToStop = 100;
    private const int SocketLevel = 1, ReceiveBufferForce = 33;         // SOL_SOCKET, SO_RCVBUFFORCE

    private readonly int _perSecond;
    private readonly long[] _sent;                                      // by number
    private readonly Way[] _ways;
    private readonly Socket _server;
    private readonly List<Thread> _threads = [];
    private int _next;
    private volatile bool _stops;

    /// <param name="client">Who sends.</param>
    /// <param name="server">Who answers, at each of <paramref name="targets"/>.</param>
    /// <param name="targets">Its address behind the pair, and its address on the cable.</param>
    /// <param name="perSecond">Datagrams on each way.</param>
    public NumberedEcho(Host client, Host server, (string ThroughPair, string Beside) targets, int perSecond)
    {
        _perSecond = perSecond;
        _sent = new long[perSecond * MostSeconds];
        _server = HostThread.Make(server, () => Open(new IPEndPoint(IPAddress.Any, Port)));
        _ways = HostThread.Make(client, () => new[] { targets.ThroughPair, targets.Beside }
            .Select((target, way) => new Way(Open(new IPEndPoint(IPAddress.Any, SourcePort + way)), target, _sent.Length)).ToArray());
        Start(Answer);
        foreach (Way way in _ways) Start(() => Hear(way));
        Start(Send);
    }

    /// <summary>How many were sent: the number of the next.</summary>
    public int Next => Volatile.Read(ref _next);

    /// <summary>How many were answered through the pair.</summary>
    public long Answered => _ways[0].Count;

    /// <summary>When answers through the pair came to those from one number to another, in order.</summary>
    public long[] Answers(int first, int last) => _ways[0].Answers(first, last);

    /// <summary>What became of those from one number to another, both included; waits a moment for what is still under way.</summary>
    public EchoTally Tally(int first, int last)
    {
        for (var waited = Stopwatch.StartNew(); waited.ElapsedMilliseconds < 1000 && !_ways.All(way => way.HasAll(last)); Thread.Sleep(5))
            continue;
        long[] pair = _ways[0].Answers(first, last), beside = _ways[1].Answers(first, last);
        (long from, long gap) = EchoTally.LongestGap(pair);
        const long Around = 50_000_000;
        long[] near = [.. beside.Where(at => at >= from - Around && at <= from + gap + Around)];
        return new EchoTally(
            last - first + 1, last - first + 1 - pair.Length, last - first + 1 - beside.Length, from, gap,
            EchoTally.LongestGap(near).Length, EchoTally.LongestGap(beside).Length);
    }

    public void Dispose()
    {
        _stops = true;
        foreach (Thread thread in _threads) thread.Join();
        foreach (Way way in _ways) way.Socket.Dispose();
        _server.Dispose();
    }

    private void Start(Action run)
    {
        var thread = new Thread(() => run()) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    private void Send()
    {
        byte[] datagram = new byte[Bytes];
        var clock = Stopwatch.StartNew();
        for (int number = 0; !_stops && number < _sent.Length; Volatile.Write(ref _next, ++number))
        {
            while (clock.Elapsed.TotalSeconds * _perSecond < number) Thread.Sleep(1);
            BinaryPrimitives.WriteInt32BigEndian(datagram, number);
            _sent[number] = Stopwatch.GetTimestamp();
            foreach (Way way in _ways) way.Send(datagram);
        }
    }

    private void Answer()
    {
        byte[] datagram = new byte[64];
        var source = new SocketAddress(AddressFamily.InterNetwork);
        while (!_stops)
        {
            if (!_server.Poll(TimeSpan.FromMilliseconds(MillisecondsToStop), SelectMode.SelectRead)) continue;
            int length = _server.ReceiveFrom(datagram, SocketFlags.None, source);
            _server.SendTo(datagram.AsSpan(0, length), SocketFlags.None, source);
        }
    }

    private void Hear(Way way)
    {
        byte[] datagram = new byte[64];
        while (!_stops)
        {
            if (!way.Socket.Poll(TimeSpan.FromMilliseconds(MillisecondsToStop), SelectMode.SelectRead)) continue;
            int length = way.Socket.Receive(datagram, SocketFlags.None, out SocketError error);
            if (error == SocketError.Success && length == Bytes)
                way.Note(BinaryPrimitives.ReadInt32BigEndian(datagram), Stopwatch.GetTimestamp());
        }
    }

    private static Socket Open(IPEndPoint local)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(16 << 20));
        socket.Bind(local);
        return socket;
    }

    /// <summary>One of the two; unconnected, so that no ICMP error ends it.</summary>
    private sealed class Way(Socket socket, string target, int most)
    {
        private readonly long[] _answered = new long[most];             // by number; 0: not yet
        private long _count;

        public Socket Socket => socket;

        private SocketAddress Target { get; } = new IPEndPoint(IPAddress.Parse(target), Port).Serialize();

        /// <summary>What the kernel does not take is lost, as on any cable.</summary>
        public void Send(byte[] datagram)
        {
            try
            {
                socket.SendTo(datagram, SocketFlags.None, Target);
            }
            catch (SocketException)
            {
                // it has no answer, and is counted by that
            }
        }

        public long Count => Volatile.Read(ref _count);

        /// <summary>By one thread.</summary>
        public void Note(int number, long now)
        {
            if (_answered[number] != 0) return;
            Volatile.Write(ref _answered[number], now);
            Volatile.Write(ref _count, _count + 1);
        }

        public bool HasAll(int last) => Volatile.Read(ref _answered[last]) != 0;

        public long[] Answers(int first, int last)
        {
            Assert.True(last < most, "the run is longer than numbers are kept");
            long[] times = [.. _answered.AsSpan(first, last - first + 1).ToArray().Where(at => at != 0)];
            Array.Sort(times);
            return times;
        }
    }
}
