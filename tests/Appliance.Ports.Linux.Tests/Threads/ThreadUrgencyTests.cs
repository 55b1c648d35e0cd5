using System.Runtime.InteropServices;
using Xunit;

namespace Appliance.Ports.Linux.Tests.Threads;

/// <summary>A thread that is put before others is so for the kernel, and no other thread is.</summary>
public sealed partial class ThreadUrgencyTests
{
    private static string? _begun;

    [Fact]
    public void The_calling_thread_alone_is_put_before_others()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        bool isRaised = false;
        string? raised = null;
        var thread = new Thread(() =>
        {
            isRaised = ThreadUrgency.TryRaise();
            raised = PriorityOf("/proc/thread-self/stat");
        });
        string before = PriorityOf("/proc/thread-self/stat");
        thread.Start();
        thread.Join();
        Assert.True(isRaised);
        Assert.NotEqual(before, raised);
        Assert.Equal(before, PriorityOf("/proc/thread-self/stat"));
    }

    /// <summary>
    /// The runtime begins native threads wherever it first needs one, as the one that compiles what is hot, and they have what their maker
    /// has: put before others, it kept a machine's only processor from its worker for seconds.
    /// </summary>
    [Fact]
    public unsafe void What_the_calling_thread_begins_is_not_put_before_others()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        var thread = new Thread(() =>
        {
            Assert.True(ThreadUrgency.TryRaise());
            Assert.Equal(0, Begin(out nuint other, 0, &Run, 0));
            Assert.Equal(0, Join(other, 0));
        });
        thread.Start();
        thread.Join();
        Assert.Equal("20", _begun);
    }

    [UnmanagedCallersOnly]
    private static nint Run(nint argument)
    {
        _begun = PriorityOf("/proc/thread-self/stat");
        return argument;
    }

    [LibraryImport("libc", EntryPoint = "pthread_create")]
    private static unsafe partial int Begin(out nuint thread, nint attributes, delegate* unmanaged<nint, nint> run, nint argument);

    [LibraryImport("libc", EntryPoint = "pthread_join")]
    private static partial int Join(nuint thread, nint result);

    /// <summary>proc_pid_stat(5), field 18: negative for real time, else 0 (most) to 39.</summary>
    private static string PriorityOf(string file) => File.ReadAllText(file).Split(") ")[^1].Split(' ')[15];
}
