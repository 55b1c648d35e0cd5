namespace Appliance.Ports.Linux;

/// <summary>Error numbers that are told apart here (errno(3), the same on every architecture .NET runs on under Linux).</summary>
internal static class Errno
{
    public const int PermissionDenied = 1;              // EPERM
    public const int Interrupted = 4;                   // EINTR
    public const int NoSuchProcess = 3;                 // ESRCH: of a route that is not there
    public const int InputOutput = 5;                   // EIO: of a TAP whose device is down
    public const int NoSuchAddress = 6;                 // ENXIO: of a packet socket whose device is gone
    public const int Again = 11;                        // EAGAIN
    public const int Exists = 17;                       // EEXIST
    public const int NoDevice = 19;                     // ENODEV
    public const int InvalidArgument = 22;              // EINVAL
    public const int BadDescriptorState = 77;           // EBADFD: of a TAP whose device is gone
    public const int NotSupported = 95;                 // EOPNOTSUPP
    public const int AddressNotAvailable = 99;          // EADDRNOTAVAIL
    public const int NetworkDown = 100;                 // ENETDOWN
    public const int NoBuffers = 105;                   // ENOBUFS
}
