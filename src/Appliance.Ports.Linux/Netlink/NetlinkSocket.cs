using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// A conversation with a part of the kernel (netlink(7)): a request and its acknowledgment, or a question and all its answers. The kernel
/// answers within the call, so waiting is bounded and short. One thread at a time.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    public const int Routing = 0, SocketDiagnosis = 4, Netfilter = 12;  // NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_NETFILTER
    public const int ErrorType = 2, DoneType = 3;       // NLMSG_ERROR, NLMSG_DONE

    private const int Family = 16;                      // AF_NETLINK
    private const int BufferBytes = 256 << 10;          // longer than any message of the kernel's
    private const int NotificationBytes = 16 << 20;     // what may wait to be read; the kernel counts some 800 bytes for a route
    private const long PatienceNanoseconds = 2_000_000_000;
    private const int MostReads = 100_000;

    private readonly Descriptor _socket;
    private readonly string _subject;
    private readonly byte[] _buffer = new byte[BufferBytes];

    /// <param name="protocol">Which part of the kernel.</param>
    /// <param name="groups">Notifications to hear, a bit each.</param>
    /// <param name="subject">For errors.</param>
    public NetlinkSocket(int protocol, uint groups, string subject)
    {
        _subject = subject;
        _socket = Sockets.Open(Family, Sockets.Raw, protocol, subject);
        byte* address = stackalloc byte[12];            // struct sockaddr_nl
        new Span<byte>(address, 12).Clear();
        *(ushort*)address = Family;
        *(uint*)(address + 8) = groups;
        try
        {
            SystemCallException.Check(Libc.Bind(_socket.Number, address, 12), "bind of a netlink socket", subject);
            if (groups != 0) Sockets.Set(_socket, Sockets.Level, Sockets.ReceiveBufferForced, NotificationBytes, "SO_RCVBUFFORCE", subject);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public int WakeupDescriptor => _socket.Number;

    /// <summary>What a walk over messages is shown; the bytes are behind the header, borrowed for the call.</summary>
    public delegate void OnMessage(ushort type, ushort flags, ReadOnlySpan<byte> body);

    /// <summary>
    /// Sends requests of which one asks for acknowledgment; answers 0 when all is done, otherwise the errno of the first that was refused.
    /// </summary>
    public int Request(NetlinkMessage request)
    {
        Send(request);
        for (int reads = 0; reads < MostReads; reads++)
        {
            ReadOnlySpan<byte> received = Receive();
            while (TryNext(ref received, out ushort type, out _, out ReadOnlySpan<byte> body))
            {
                if (type == ErrorType && body.Length >= sizeof(int)) return -BinaryPrimitives.ReadInt32LittleEndian(body);
            }
        }

        return Errno.Again;
    }

    /// <summary>Sends a request; throws when it is refused.</summary>
    public void Demand(NetlinkMessage request, string call)
    {
        int errno = Request(request);
        if (errno != 0) throw new SystemCallException(call, errno, _subject);
    }

    /// <summary>Begins to ask for all there is of something; <see cref="TryReadAnswers"/> goes on until it is done.</summary>
    public void Ask(NetlinkMessage request) => Send(request);

    /// <summary>Shows some of the answers, without waiting. True: those were the last.</summary>
    /// <param name="mostReads">Each brings up to 32 KiB.</param>
    /// <param name="call">For errors.</param>
    /// <param name="show">Takes them.</param>
    public bool TryReadAnswers(int mostReads, string call, OnMessage show)
    {
        for (int reads = 0; reads < mostReads; reads++)
        {
            int length = Read();
            if (length < 0 && Marshal.GetLastPInvokeError() is Errno.Again or Errno.Interrupted) return false;
            if (length < 0) throw SystemCallException.Last("recv from netlink", _subject);
            ReadOnlySpan<byte> received = _buffer.AsSpan(0, length);
            while (TryNext(ref received, out ushort type, out ushort flags, out ReadOnlySpan<byte> body))
            {
                if (type == DoneType) return true;
                if (type == ErrorType) throw new SystemCallException(call, -BinaryPrimitives.ReadInt32LittleEndian(body), _subject);
                show(type, flags, body);
            }
        }

        return false;
    }

    /// <summary>Asks for all there is of something, and shows each.</summary>
    public void Dump(NetlinkMessage request, string call, OnMessage show)
    {
        Send(request);
        for (int reads = 0; reads < MostReads; reads++)
        {
            ReadOnlySpan<byte> received = Receive();
            while (TryNext(ref received, out ushort type, out ushort flags, out ReadOnlySpan<byte> body))
            {
                if (type == DoneType) return;
                if (type == ErrorType) throw new SystemCallException(call, -BinaryPrimitives.ReadInt32LittleEndian(body), _subject);
                show(type, flags, body);
            }
        }
    }

    /// <summary>Shows what has been told meanwhile. False: so much that some of it is lost; all must be asked anew.</summary>
    public bool ReadNotifications(int mostReads, OnMessage show)
    {
        for (int reads = 0; reads < mostReads; reads++)
        {
            int length = Read();
            if (length < 0) return Marshal.GetLastPInvokeError() == Errno.Again;
            ReadOnlySpan<byte> received = _buffer.AsSpan(0, length);
            while (TryNext(ref received, out ushort type, out ushort flags, out ReadOnlySpan<byte> body)) show(type, flags, body);
        }

        return true;
    }

    public void Dispose() => _socket.Dispose();

    private static bool TryNext(ref ReadOnlySpan<byte> rest, out ushort type, out ushort flags, out ReadOnlySpan<byte> body)
    {
        (type, flags) = (0, 0);
        body = default;
        if (rest.Length < NetlinkMessage.HeaderBytes) return false;
        int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        if (length < NetlinkMessage.HeaderBytes || length > rest.Length) return false;
        type = BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]);
        flags = BinaryPrimitives.ReadUInt16LittleEndian(rest[6..]);
        body = rest[NetlinkMessage.HeaderBytes..length];
        rest = rest[Math.Min(rest.Length, (length + 3) & ~3)..];
        return true;
    }

    private void Send(NetlinkMessage request)
    {
        fixed (byte* bytes = request.Bytes)
        {
            if (Libc.Send(_socket.Number, bytes, request.Bytes.Length, 0) < 0) throw SystemCallException.Last("send to netlink", _subject);
        }
    }

    private ReadOnlySpan<byte> Receive()
    {
        var polled = new PolledDescriptor { Descriptor = _socket.Number, Wanted = PolledDescriptor.In };
        var timeout = TimeSpec.Of(PatienceNanoseconds);
        if (Libc.Poll(&polled, 1, &timeout, null) == 0) throw new SystemCallException("answer of netlink", Errno.Again, _subject);
        int length = Read();
        if (length < 0 && Marshal.GetLastPInvokeError() is not (Errno.Again or Errno.Interrupted))
            throw SystemCallException.Last("recv from netlink", _subject);
        return _buffer.AsSpan(0, Math.Max(length, 0));
    }

    private int Read()
    {
        fixed (byte* bytes = _buffer) return (int)Libc.Receive(_socket.Number, bytes, _buffer.Length, Sockets.DontWait);
    }
}
