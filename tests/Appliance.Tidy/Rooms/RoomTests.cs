namespace Appliance.Tidy;

public sealed class RoomTests
{
    [Fact]
    public void Pointers_stay_in_kernels_and_ports() => Repository.HasNo(Repository.CSharp.SelectMany(RoomRules.Unsafe));

    [Fact]
    public void Native_code_is_called_from_ports_only() => Repository.HasNo(Repository.CSharp.SelectMany(RoomRules.PlatformCalls));

    [Fact]
    public void Sockets_are_opened_by_ports_and_management_only() => Repository.HasNo(Repository.CSharp.SelectMany(RoomRules.Sockets));

    [Fact]
    public void Threads_and_clocks_belong_to_the_program() => Repository.HasNo(Repository.CSharp.SelectMany(RoomRules.ThreadsAndClocks));

    [Fact]
    public void No_test_sleeps() => Repository.HasNo(Repository.CSharp.SelectMany(RoomRules.Sleeps));

    [Fact]
    public void The_console_belongs_to_the_program() => Repository.HasNo(Repository.CSharp.SelectMany(RoomRules.Consoles));

    [Theory]
    [InlineData("src/Appliance.Engine/Frames/A.cs", 1)]
    [InlineData("src/Appliance.Engine/Kernels/A.cs", 0)]
    [InlineData("src/Appliance.Ports.Linux/A.cs", 0)]
    [InlineData("tests/Appliance.Engine.Tests/A.cs", 0)]
    public void Unsafe_is_found_by_its_folder(string path, int count)
    {
        Assert.Equal(count, RoomRules.Unsafe(new SourceFile(path, "// unsafe\nunsafe class A { }")).Count());
        Assert.Empty(RoomRules.Unsafe(new SourceFile(path, "// unsafe\nclass A { string s = \"unsafe\"; }")));
    }

    [Theory]
    [InlineData("class A { [DllImport(\"c\")] static extern int getpid(); }")]
    [InlineData("partial class A { [System.Runtime.InteropServices.LibraryImportAttribute(\"c\")] private static partial int getpid(); }")]
    public void A_platform_call_is_found(string text)
    {
        Assert.Single(RoomRules.PlatformCalls(new SourceFile("src/Appliance.Node/A.cs", text)));
        Assert.Empty(RoomRules.PlatformCalls(new SourceFile("src/Appliance.Ports.Linux/A.cs", text)));
    }

    [Theory]
    [InlineData("class A { object s = new Socket(a, b, c); }", 1)]
    [InlineData("class A(UdpClient client);", 1)]
    [InlineData("class A { System.Net.Sockets.TcpListener? listener; }", 1)]
    [InlineData("class A { System.Collections.Generic.List<HttpClient> all = []; }", 1)]
    [InlineData("class A { string Socket => management.Socket; AddressFamily family = AddressFamily.InterNetwork; }", 0)]
    public void A_socket_is_found_and_a_member_of_that_name_is_not(string text, int count) =>
        Assert.Equal(count, RoomRules.Sockets(new SourceFile("src/Appliance.Configuration/A.cs", text)).Count());

    [Theory]
    [InlineData("class A { void M() => new Thread(M).Start(); }", 1)]
    [InlineData("class A { long M() => Stopwatch.GetTimestamp(); }", 1)]
    [InlineData("class A { long M() => System.Diagnostics.Stopwatch.GetTimestamp(); }", 1)]
    [InlineData("class A(TimeProvider time);", 1)]
    [InlineData("class A { void M() => Task.Run(M); }", 1)]
    [InlineData("class A { int Thread => other.Thread; }", 0)]
    public void A_thread_or_clock_is_found_outside_the_program(string text, int count)
    {
        Assert.Equal(count, RoomRules.ThreadsAndClocks(new SourceFile("src/Appliance.Engine/A.cs", text)).Count());
        Assert.Empty(RoomRules.ThreadsAndClocks(new SourceFile("src/Appliance/A.cs", text)));
    }

    [Theory]
    [InlineData("class A { void M() => Thread.Sleep(1); }")]
    [InlineData("class A { async Task M() => await System.Threading.Tasks.Task.Delay(1); }")]
    public void A_sleeping_test_is_found(string text)
    {
        Assert.Single(RoomRules.Sleeps(new SourceFile("tests/Appliance.Node.Tests/A.cs", text)));
        Assert.Empty(RoomRules.Sleeps(new SourceFile("tests/Appliance.Interop/A.cs", text)));
    }

    [Theory]
    [InlineData("src/Appliance.Node/A.cs", 1)]
    [InlineData("tests/Appliance.Node.Tests/A.cs", 1)]
    [InlineData("src/Appliance/A.cs", 0)]
    [InlineData("tests/Appliance.Fuzz/A.cs", 0)]
    public void The_console_is_found_by_its_room(string path, int count)
    {
        var file = new SourceFile(path, "using Spectre.Console; class A { void M() => Console.WriteLine(); }");
        Assert.Equal(count, RoomRules.Consoles(file).Count());
    }
}
