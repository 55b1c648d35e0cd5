namespace Appliance.Ports.Linux;

/// <summary>What all kinds of sockets have in common (socket(7)).</summary>
internal static unsafe class Sockets
{
    public const int Raw = 3, Datagram = 2;             // SOCK_RAW, SOCK_DGRAM
    public const int NonBlocking = 0x800, CloseOnExec = 0x8_0000;
    public const int DontWait = 0x40, Truncate = 0x20;  // MSG_DONTWAIT, MSG_TRUNC
    public const int Level = 1;                         // SOL_SOCKET
    public const int PendingError = 4;                  // SO_ERROR
    public const int AttachFilter = 26;                 // SO_ATTACH_FILTER
    public const int SendBufferForced = 32, ReceiveBufferForced = 33;
    public const int MarkOption = 36;                   // SO_MARK

    /// <summary>
    /// The mark of everything that the appliance itself sends by a device (SO_MARK), by which it passes where the kernel's own frames do
    /// not: the letters APPL.
    /// </summary>
    public const uint Mark = 0x4150_504c;

    public static Descriptor Open(int family, int type, int protocol, string subject) =>
        Descriptor.Of(Libc.Socket(family, type | NonBlocking | CloseOnExec, protocol), "socket", subject);

    public static void Set(Descriptor socket, int level, int option, int value, string name, string subject) =>
        Set(socket, level, option, &value, sizeof(int), name, subject);

    public static void Set(Descriptor socket, int level, int option, void* value, int length, string name, string subject) =>
        SystemCallException.Check(Libc.SetOption(socket.Number, level, option, value, length), $"setsockopt {name}", subject);

    public static int Get(Descriptor socket, int level, int option, string name, string subject)
    {
        int value = 0, length = sizeof(int);
        SystemCallException.Check(Libc.GetOption(socket.Number, level, option, &value, &length), $"getsockopt {name}", subject);
        return value;
    }

    /// <summary>Forgets an error that waits to be told, so that poll(2) is not woken by it for ever. 0: there was none.</summary>
    public static int TakeError(int socket)
    {
        int error = 0, length = sizeof(int);
        return Libc.GetOption(socket, Level, PendingError, &error, &length) < 0 ? 0 : error;
    }
}
