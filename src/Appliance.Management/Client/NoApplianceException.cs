using System.Net.Sockets;

namespace Appliance.Management;

/// <summary>No appliance answers on the control socket; the message is one line for people.</summary>
public sealed class NoApplianceException(string socketPath, Exception cause) : Exception(LineOf(socketPath, cause), cause)
{
    private static string LineOf(string path, Exception cause)
    {
        string reason = cause.InnerException is SocketException { SocketErrorCode: var code }
            ? code switch
            {
                SocketError.ConnectionRefused => "nobody listens there",
                SocketError.AccessDenied => "permission denied",
                SocketError.AddressNotAvailable or SocketError.HostNotFound => "there is no such socket",
                _ => cause.InnerException.Message,
            }
            : cause.InnerException?.Message ?? cause.Message;
        return $"no appliance answers on {path}: {reason}";
    }
}
