using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Appliance.Ports.Linux;

/// <summary>
/// A device is one process's at a time: it has a Unix socket of the device's name. That lives in the network namespace, as the device does,
/// and in no folder (unix(7), abstract), so whoever ends, however, leaves nothing. Within the process a device may be had several times, as
/// while it goes from one port to another. For one thread at a time.
/// </summary>
public sealed class DeviceClaims
{
    private const int SocketLevel = 1, PeerCredentials = 17;            // SOL_SOCKET, SO_PEERCRED
    private const int MostAskers = 128;                                 // who is not among them is refused without the number

    private readonly Dictionary<string, (Socket Name, int Times)> _held = new(StringComparer.Ordinal);

    /// <summary>Null: another process has it. Else the caller's until it is disposed of.</summary>
    /// <param name="device">What names it for good in its namespace.</param>
    /// <param name="holder">The number of the process that has it, as far as it is known; else 0.</param>
    public IDisposable? TryTake(string device, out int holder)
    {
        holder = 0;
        if (_held.TryGetValue(device, out (Socket Name, int Times) held))
        {
            _held[device] = held with { Times = held.Times + 1 };
            return new Claim(this, device);
        }

        var address = new UnixDomainSocketEndPoint($"\0appliance {device}");
        var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            name.Bind(address);
            name.Listen(MostAskers);                                    // nobody is answered: it says whose the name is
            _held[device] = (name, 1);
            return new Claim(this, device);
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            name.Dispose();
            holder = HolderOf(address);
            return null;
        }
        catch
        {
            name.Dispose();
            throw;
        }
    }

    private static int HolderOf(UnixDomainSocketEndPoint address)
    {
        using var asker = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            asker.Connect(address);
            Span<int> credentials = stackalloc int[3];                  // struct ucred: process, user, group
            asker.GetRawSocketOption(SocketLevel, PeerCredentials, MemoryMarshal.AsBytes(credentials));
            return credentials[0];
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private void Release(string device)
    {
        (Socket name, int times) = _held[device];
        if (times > 1)
        {
            _held[device] = (name, times - 1);
            return;
        }

        _held.Remove(device);
        name.Dispose();
    }

    private sealed class Claim(DeviceClaims claims, string device) : IDisposable
    {
        private bool _isReleased;

        public void Dispose()
        {
            if (!_isReleased) claims.Release(device);
            _isReleased = true;
        }
    }
}
