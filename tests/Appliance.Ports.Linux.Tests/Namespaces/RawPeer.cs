using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>
/// The other end of a cable: a packet socket without ring, one call a frame, written apart from what is tested. It can be one that speaks
/// virtio headers.
/// </summary>
internal sealed unsafe class RawPeer : IDisposable
{
    private const int Mark = 36, AuxiliaryData = 8, ReceiveBuffer = 33;

    private readonly Descriptor _socket;
    private readonly bool _isVirtio;
    private readonly byte[] _buffer = new byte[80_000];

    public RawPeer(string device, bool isVirtio = false)
    {
        _isVirtio = isVirtio;
        _socket = Sockets.Open(17, 3, 0, device);
        using var probe = new DeviceProbe(device, device);
        Sockets.Set(_socket, 263, AuxiliaryData, 1, "auxdata", device);
        Sockets.Set(_socket, 263, 23, 1, "ignore outgoing", device);
        Sockets.Set(_socket, 1, ReceiveBuffer, 64 << 20, "buffer", device);
        if (isVirtio) Sockets.Set(_socket, 263, 15, 1, "vnet", device);
        byte* address = stackalloc byte[20];
        new Span<byte>(address, 20).Clear();
        *(ushort*)address = 17;
        *(ushort*)(address + 2) = 0x0300;
        *(int*)(address + 4) = probe.Index;
        Assert.True(Libc.Bind(_socket.Number, address, 20) >= 0);
    }

    public void Send(byte[] frame, VirtioHeader virtio = default)
    {
        byte[] message = _isVirtio ? [.. MemoryMarshal.AsBytes(new ReadOnlySpan<VirtioHeader>(in virtio)), .. frame] : frame;
        fixed (byte* bytes = message)
        {
            nint sent = Libc.Send(_socket.Number, bytes, message.Length, 0);
            Assert.True(sent == message.Length, $"send of {message.Length}: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    /// <summary>The next frame, tag in place; null: none came within the time.</summary>
    public byte[]? Receive(int milliseconds = 5000) => Receive(out _, milliseconds);

    public byte[]? Receive(out VirtioHeader virtio, int milliseconds = 5000)
    {
        virtio = default;
        var polled = new PolledDescriptor { Descriptor = _socket.Number, Wanted = PolledDescriptor.In };
        var watch = Stopwatch.StartNew();
        int ready;
        do
        {
            var timeout = TimeSpec.Of(Math.Max(0, milliseconds - watch.ElapsedMilliseconds) * 1_000_000);
            ready = Libc.Poll(&polled, 1, &timeout, null);
        }
        while (ready < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);
        if (ready <= 0) return null;
        byte* control = stackalloc byte[64];
        fixed (byte* bytes = _buffer)
        {
            var part = new Part { Bytes = bytes, Length = _buffer.Length };
            var message = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = 64 };
            int length = (int)Libc.ReceiveMessage(_socket.Number, &message, 0);
            Assert.True(length > 0, $"recvmsg: errno {Marshal.GetLastPInvokeError()}");
            Span<byte> frame = _buffer.AsSpan(0, length);
            if (_isVirtio)
            {
                virtio = MemoryMarshal.Read<VirtioHeader>(frame);
                frame = frame[VirtioHeader.SizeBytes..];
            }

            uint status = *(uint*)(control + 16);
            ushort tag = *(ushort*)(control + 32), type = *(ushort*)(control + 34);
            return (status & 0x10) == 0
                ? frame.ToArray()
                : [.. frame[..12], (byte)(type >> 8), (byte)type, (byte)(tag >> 8), (byte)tag, .. frame[12..]];
        }
    }

    public void Dispose() => _socket.Dispose();
}
