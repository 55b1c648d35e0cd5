using Appliance.Testing;
using Xunit;

namespace Appliance.Engine.Tests.Workers;

public sealed class WorkerMailTests
{
    [Fact]
    public void Mail_is_delivered_in_order_at_the_beginning_of_a_breath_and_never_within_one()
    {
        var log = new List<string>();
        Worker? worker = null;
        var stage = new ScriptedStage("posting", (FrameBatch _, in StageContext _) =>
        {
            log.Add("stage");
            worker!.TryPost(new Letter(_ => log.Add("third")));
        });
        using WorkerRig rig = WorkerRig.Single(1, stage);
        worker = rig.Workers[0];
        rig.Queue(0).Arrive(new byte[60]);
        worker.TryPost(new Letter(_ => log.Add("first")));
        worker.TryPost(new Letter(_ => log.Add("second")));
        rig.Step();
        string[] expected = ["first", "second", "stage"];
        Assert.Equal(expected, log.ToArray());
        rig.Step();
        Assert.Equal("third", log[^1]);
    }

    [Fact]
    public void Too_much_mail_is_refused()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        int delivered = 0;
        for (int i = 0; i < Worker.MailCapacity; i++)
            Assert.True(rig.Workers[0].TryPost(new Letter(_ => delivered++)));
        Assert.False(rig.Workers[0].TryPost(new Letter(_ => delivered++)));
        rig.Step();
        Assert.Equal(Worker.MailCapacity, delivered);
        Assert.True(rig.Workers[0].TryPost(new Letter(_ => delivered++)));
    }

    [Fact]
    public void A_model_is_adopted_by_the_worker_and_by_every_stage_that_works_by_it()
    {
        var stage = new Modelled();
        using WorkerRig rig = WorkerRig.Single(2, stage);
        PortTable swapped = new(
        [
            new PortFacts { Index = 0, Name = "a", Physical = 1, Mac = default },
            new PortFacts { Index = 1, Name = "b", Physical = 1, Mac = default },
        ]);
        rig.Workers[0].TryPost(new Letter(worker => worker.Adopt(swapped)));
        rig.Workers[0].TryPost(new Letter(worker => worker.Adopt("no stage's model")));
        rig.Queue(0).Arrive(new byte[60]);
        rig.StepUntilIdle();
        Assert.Same(swapped, stage.Model);
        Assert.Single(rig.Queue(1).Sent);               // port 0 now leaves by port 1
    }

    [Fact]
    public void A_port_can_be_attached_by_mail()
    {
        using WorkerRig rig = WorkerRig.Single(1);
        var late = new ScriptedPortQueue(new PortId(0), rig.Workers[0].Pool);
        late.Arrive(new byte[60]);
        rig.Workers[0].TryPost(new Letter(worker => worker.Detach(new PortId(0))));
        rig.Workers[0].TryPost(new Letter(worker => worker.Attach(new PortId(0), late)));
        rig.Workers[0].Step(WorkerRig.Now);
        Assert.Single(late.Sent);
        Assert.Equal(0, rig.Workers[0].Pool.InFlight);
    }

    private sealed class Letter(Action<Worker> deliver) : IWorkerMail
    {
        public void Deliver(Worker worker) => deliver(worker);
    }

    private sealed class Modelled : IStageOf<PortTable>
    {
        public PortTable? Model { get; private set; }

        public string Name => "modelled";

        public void Adopt(PortTable model) => Model = model;

        public void Process(FrameBatch batch, in StageContext context)
        {
        }
    }
}
