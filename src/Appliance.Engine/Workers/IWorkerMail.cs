namespace Appliance.Engine;

/// <summary>Something the control side asks of a worker, carried out between two breaths: a new model, a question, a port.</summary>
public interface IWorkerMail
{
    void Deliver(Worker worker);
}
