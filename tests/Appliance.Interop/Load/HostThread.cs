using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Appliance.Interop.Live;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace Appliance.Interop.Load;

/// <summary>Threads of the test that have gone over to a host: sockets that they open are that host's for good (setns(2)).</summary>
internal static partial class HostThread
{
    private const int Network = 0x4000_0000;            // CLONE_NEWNET

    /// <summary>Makes something at a host, by a thread that ends with it.</summary>
    public static T Make<T>(Host host, Func<T> make)
    {
        T? made = default;
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter(host);
                made = make();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return made!;
    }

    private static void Enter(Host host)
    {
        using SafeFileHandle name = File.OpenHandle($"/run/netns/{host.Name}");
        Assert.True(SetNamespace((int)name.DangerousGetHandle(), Network) == 0, $"setns: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int kind);
}
