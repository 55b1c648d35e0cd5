using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Appliance.Interop.Load;

namespace Appliance.Interop.Live;

/// <summary>
/// UDP flows that one host opens at a rate, each with a datagram that carries its number, and another host that answers. Later that one
/// speaks again, first this time: what arrives of it has found a state on its way.
/// </summary>
internal sealed class OpenedFlows : IDisposable
{
    private const int ServerPorts = 8, FirstServerPort = 7001, ClientPorts = 60_000, FirstClientPort = 2000;
    private const int HeaderBytes = 8, DatagramBytes = HeaderBytes + 5, BytesPerDatagram = 256;
    private const int SocketLevel = 1, ReceiveBufferForce = 33;         // SOL_SOCKET, SO_RCVBUFFORCE

    private readonly Fate[] _fates = new Fate[ServerPorts * ClientPorts];        // by number
    private readonly ushort[] _ports = new ushort[ServerPorts * ClientPorts];    // by which the server knows them
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly Socket[] _services;                                // so that the server's kernel refuses nothing
    private readonly SocketAddress _target, _seen;
    private readonly List<Thread> _threads = [];
    private int _opened;
    private volatile bool _stops, _ends;

    private enum Fate : byte
    {
        Unheard,
        Answered,
        SpokenTo,
    }

    /// <param name="client">Who opens them.</param>
    /// <param name="server">Who answers.</param>
    /// <param name="address">Of the server.</param>
    /// <param name="seen">The address that the client has there.</param>
    public OpenedFlows(Host client, Host server, string address, string seen)
    {
        (_target, _seen) = (Of(address), Of(seen));
        _client = HostThread.Make(client, Raw);
        _server = HostThread.Make(server, Raw);
        _services = HostThread.Make(server, () => Enumerable.Range(FirstServerPort, ServerPorts).Select(Bound).ToArray());
        Start(() => Hear(_server, Answer));
        Start(() => Hear(_client, Note));
    }

    /// <summary>How many have been opened.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>How many had an answer.</summary>
    public int Answered => _fates.Count(fate => fate != Fate.Unheard);

    /// <summary>Opens so many a second, until <see cref="Stop"/>.</summary>
    public void Open(int perSecond) => Start(() =>
    {
        byte[] datagram = new byte[DatagramBytes];
        var clock = Stopwatch.StartNew();
        for (int number = 0; !_stops && number < _fates.Length; Volatile.Write(ref _opened, ++number))
        {
            while (clock.Elapsed.TotalSeconds * perSecond < number) Thread.Sleep(1);
            int port = FirstClientPort + (number / ServerPorts), service = FirstServerPort + (number % ServerPorts);
            Send(_client, _target, datagram, (ushort)port, (ushort)service, number, Fate.Answered);
        }
    });

    public void Stop() => _stops = true;

    /// <summary>
    /// The server speaks to every flow that had an answer, a few times to those that do not hear it; answers how many never do.
    /// </summary>
    public int CountLost(int perSecond)
    {
        byte[] datagram = new byte[DatagramBytes];
        int lost = int.MaxValue;
        for (int round = 0; round < 5 && lost > 0; round++)
        {
            int[] waiting = [.. Enumerable.Range(0, Opened).Where(number => _fates[number] == Fate.Answered)];
            var clock = Stopwatch.StartNew();
            for (int i = 0; i < waiting.Length; i++)
            {
                while (clock.Elapsed.TotalSeconds * perSecond < i) Thread.Sleep(1);
                ushort service = (ushort)(FirstServerPort + (waiting[i] % ServerPorts));
                Send(_server, _seen, datagram, service, _ports[waiting[i]], waiting[i], Fate.SpokenTo);
            }

            for (var waited = Stopwatch.StartNew(); waited.ElapsedMilliseconds < 1000 && (lost = Waiting()) > 0; Thread.Sleep(10)) continue;
        }

        return lost;
    }

    public void Dispose()
    {
        (_stops, _ends) = (true, true);
        foreach (Thread thread in _threads) thread.Join();
        foreach (Socket socket in (Socket[])[_client, _server, .. _services]) socket.Dispose();
    }

    private int Waiting() => _fates.Count(fate => fate == Fate.Answered);

    private void Start(Action run)
    {
        var thread = new Thread(() => run()) { IsBackground = true };
        _threads.Add(thread);
        thread.Start();
    }

    /// <summary>What the kernel does not take is lost, as on any cable.</summary>
    private static void Send(Socket socket, SocketAddress to, byte[] datagram, ushort source, ushort destination, int number, Fate kind)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, source);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), destination);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), DatagramBytes);
        BinaryPrimitives.WriteInt32BigEndian(datagram.AsSpan(HeaderBytes), number);
        datagram[^1] = (byte)kind;
        try
        {
            socket.SendTo(datagram, SocketFlags.None, to);
        }
        catch (SocketException)
        {
            // it has no answer, and is counted by that
        }
    }

    /// <param name="socket">At which UDP arrives with its IP header.</param>
    /// <param name="take">Takes source and destination port, number and kind of each.</param>
    private void Hear(Socket socket, Action<ushort, ushort, int, Fate> take)
    {
        byte[] packet = new byte[BytesPerDatagram];
        while (!_ends)
        {
            if (!socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead)) continue;
            int length = socket.Receive(packet, SocketFlags.None, out SocketError error);
            int header = (packet[0] & 15) * 4;
            if (error != SocketError.Success || length != header + DatagramBytes) continue;
            ReadOnlySpan<byte> datagram = packet.AsSpan(header, DatagramBytes);
            int number = BinaryPrimitives.ReadInt32BigEndian(datagram[HeaderBytes..]);
            if ((uint)number >= (uint)_fates.Length) continue;
            ushort source = BinaryPrimitives.ReadUInt16BigEndian(datagram);
            take(source, BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]), number, (Fate)datagram[^1]);
        }
    }

    private readonly byte[] _answer = new byte[DatagramBytes];

    /// <summary>By the server.</summary>
    private void Answer(ushort source, ushort destination, int number, Fate kind)
    {
        _ports[number] = source;
        Send(_server, _seen, _answer, destination, source, number, kind);
    }

    /// <summary>By the client.</summary>
    private void Note(ushort source, ushort destination, int number, Fate kind) => _fates[number] = kind;

    private static SocketAddress Of(string address) => new IPEndPoint(IPAddress.Parse(address), 0).Serialize();

    private static Socket Raw()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        socket.SetRawSocketOption(SocketLevel, ReceiveBufferForce, BitConverter.GetBytes(16 << 20));
        return socket;
    }

    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        return socket;
    }
}
