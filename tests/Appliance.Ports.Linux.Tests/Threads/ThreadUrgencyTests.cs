using Xunit;

namespace Appliance.Ports.Linux.Tests.Threads;

/// <summary>A thread that is put before others is so for the kernel, and no other thread is.</summary>
public sealed class ThreadUrgencyTests
{
    [Fact]
    public void The_calling_thread_alone_is_put_before_others()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        string? raised = null;
        var thread = new Thread(() =>
        {
            Assert.True(ThreadUrgency.TryRaise());
            raised = PriorityOf("/proc/thread-self/stat");
        });
        string before = PriorityOf("/proc/thread-self/stat");
        thread.Start();
        thread.Join();
        Assert.NotEqual(before, raised);
        Assert.Equal(before, PriorityOf("/proc/thread-self/stat"));
    }

    /// <summary>proc_pid_stat(5), field 18: negative for real time, else 0 (most) to 39.</summary>
    private static string PriorityOf(string file) => File.ReadAllText(file).Split(") ")[^1].Split(' ')[15];
}
