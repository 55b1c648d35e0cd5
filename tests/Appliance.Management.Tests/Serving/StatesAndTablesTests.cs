using System.Text;
using System.Text.Json;
using Xunit;

namespace Appliance.Management.Tests.Serving;

/// <summary>What users do with states and tables over the socket.</summary>
public sealed class StatesAndTablesTests
{
    private const string ManyStates = "set limit states 2000000\n" + LiveBox.Rules;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_changes_while_states_are_read_costs_none_and_shows_none_twice()
    {
        const int Flows = 20_000;
        await using LiveBox box = await LiveBox.StartAsync(rules: ManyStates);
        for (int sent = 0; sent < Flows; sent += 5000) await box.Send("lan", [.. Enumerable.Range(sent, 5000).Select(BoxFrames.Flow)]);
        await using Stream stream = await box.Client.OpenAsync("show/states", Cancellation);
        ConfigurationBundle file = ConfigurationBundle.Read(box.Folder["edge.yaml"], out _);
        ConfigurationBundle other = file with { Main = [.. file.Main, .. "vrss: {key: microsoft}\n"u8] };
        ChangeDocument change = await box.Client.SendAsync("config/apply", other, ManagementJson.Indented.ChangeDocument, Cancellation);
        Assert.Equal(["change steering"], change.Changes);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (StateDocument? state in JsonSerializer.DeserializeAsyncEnumerable(
            stream, ManagementJson.Indented.StateDocument, Cancellation))
            Assert.True(ids.Add(state!.Id), "A state is there twice.");
        Assert.Equal(2 * Flows, ids.Count);
    }

    [Fact]
    public async Task Who_does_not_take_states_off_holds_up_neither_frames_nor_questions()
    {
        await using LiveBox box = await LiveBox.StartAsync(rules: ManyStates);
        for (int sent = 0; sent < 20_000; sent += 5000) await box.Send("lan", [.. Enumerable.Range(sent, 5000).Select(BoxFrames.Flow)]);
        Stream stream = await box.Client.OpenAsync("show/states", Cancellation);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(39_999)));
        Assert.NotEmpty(await box.Client.GetAsync("show/counters", Cancellation));
        await stream.DisposeAsync();
        KillDocument killed = await box.Client.PostAsync("states/kill?all=true", [], ManagementJson.Indented.KillDocument, Cancellation);
        Assert.Equal(40_002, killed.Killed);
    }

    [Theory]
    [InlineData("source=192.168.1.10", 2)]
    [InlineData("source=192.168.1.0/24&protocol=tcp", 4)]
    [InlineData("destination=198.51.100.7&destinationPort=443&source=192.168.1.11", 2)]
    [InlineData("label=inside", 4)]
    [InlineData("gateway=203.0.113.2", 4)]
    [InlineData("protocol=udp", 0)]
    [InlineData("port=wan", 4)]
    [InlineData("all=true", 4)]
    public async Task Connections_are_killed_as_they_are_meant(string query, int killed)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await box.Send("lan", BoxFrames.Syn(40_000), BoxFrames.Syn(40_001, "192.168.1.11"));
        KillDocument done = await box.Client.PostAsync($"states/kill?{query}", [], ManagementJson.Indented.KillDocument, Cancellation);
        Assert.Equal(killed, done.Killed);
    }

    [Fact]
    public async Task An_address_added_to_a_table_is_blocked_from_then_on()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        TableChangeDocument change = await EditAsync(box, "bad/add", "192.168.1.10\n192.168.1.10/32\n198.51.100.66\n");
        Assert.Equal((1, 2), (change.Added, change.Unchanged));
        Assert.Empty(await box.Send("lan", BoxFrames.Syn(40_000)));
        Assert.Equal(1, (await EditAsync(box, "bad/delete", "192.168.1.10\n")).Deleted);
        Assert.Single(await box.Send("lan", BoxFrames.Syn(40_001)));
    }

    [Fact]
    public async Task A_table_is_shown_tested_replaced_and_flushed()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        await EditAsync(box, "bad/replace", "10.0.0.0/8\n! 10.1.0.0/16\n");
        TableEntryDocument[] entries =
            await box.Client.GetAsync("tables/bad", ManagementJson.Indented.TableEntryDocumentArray, Cancellation);
        Assert.Equal(["10.0.0.0/8", "! 10.1.0.0/16"], entries.Select(entry => entry.Entry));
        TableTestDocument test = await box.Client.PostAsync(
            "tables/bad/test", Encoding.UTF8.GetBytes("10.2.0.1\n10.1.0.1\n"), ManagementJson.Indented.TableTestDocument, Cancellation);
        Assert.Equal(2, test.Asked);
        Assert.Equal(["10.2.0.1"], test.Members);
        Assert.Equal(2, (await EditAsync(box, "bad/flush", "")).Deleted);
    }

    [Theory]
    [InlineData("fixed/add", "10.0.0.1\n", "const")]
    [InlineData("none/add", "10.0.0.1\n", "no table none")]
    [InlineData("bad/add", "nobody\n", "expected an address or a network")]
    public async Task What_cannot_be_done_with_a_table_is_said(string path, string entries, string says)
    {
        await using LiveBox box = await LiveBox.StartAsync();
        ControlRefusedException refusal = await Assert.ThrowsAsync<ControlRefusedException>(() => EditAsync(box, path, entries));
        Assert.Contains(says, Assert.Single(refusal.Lines), StringComparison.Ordinal);
    }

    private static Task<TableChangeDocument> EditAsync(LiveBox box, string path, string entries) => box.Client.PostAsync(
        $"tables/{path}", Encoding.UTF8.GetBytes(entries), ManagementJson.Indented.TableChangeDocument, Cancellation);
}
