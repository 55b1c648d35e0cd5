using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Appliance.Management.Tests.Serving;

/// <summary>Whoever asks may go away while the control thread is about to begin what was asked for: it must not go on for nobody.</summary>
public sealed class VanishedAskerTests
{
    [Fact]
    public async Task A_capture_that_began_as_its_asker_left_is_off()
    {
        await using LiveBox box = await LiveBox.StartAsync();
        using var asker = new Asker(box, "?port=lan");
        await asker.LeaveWhileServedAsync(desk => new CaptureAnswer(desk).WriteAsync(asker.Context));
        await box.Wait(0.05);
        Assert.False(await box.OnControl(() => box.Node.Workers.Any(worker => worker.Tap is not null)));
    }

    [Fact]
    public async Task States_that_nobody_takes_off_hold_up_no_later_question()
    {
        await using LiveBox box = await LiveBox.StartAsync(rules: "set limit states 2000000\n" + LiveBox.Rules);
        for (int sent = 0; sent < 20_000; sent += 5000) await box.Send("lan", [.. Enumerable.Range(sent, 5000).Select(BoxFrames.Flow)]);
        using var asker = new Asker(box, "");
        await asker.LeaveWhileServedAsync(desk => new StatesAnswer(desk).WriteAsync(asker.Context));
        StateKill kill = await box.OnControl(() => box.Node.KillStates(new StateFilter()));
        for (int i = 0; i < 1000 && !kill.IsDone; i++) await box.Wait(0.01);
        Assert.Equal((true, 40_000), (kill.IsDone, kill.Killed));
    }

    /// <summary>Goes away at the very moment at which the control thread turns to its question.</summary>
    private sealed class Asker : IRunningAppliance, IDisposable
    {
        private readonly CancellationTokenSource _gone = new();
        private readonly LiveBox _box;

        public Asker(LiveBox box, string query)
        {
            _box = box;
            Context.RequestAborted = _gone.Token;
            Context.Request.QueryString = new QueryString(query);
        }

        public DefaultHttpContext Context { get; } = new();

        public ApplianceNode Node
        {
            get
            {
                _gone.Cancel();
                return _box.Node;
            }
        }

        public ApplyAnswer Apply(RuntimeModel next) => _box.Apply(next);

        public void Dispose() => _gone.Dispose();

        public async Task LeaveWhileServedAsync(Func<ControlDesk, Task> serve)
        {
            var desk = new ControlDesk(this, () => { });
            Task served = serve(desk);
            await StepAsync(desk);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => served);
            await StepAsync(desk);
        }

        private Task<int> StepAsync(ControlDesk desk) => _box.OnControl(() => desk.Step(new MonotonicTime(2_000_000_000), _box.TimeOfDay));
    }
}
