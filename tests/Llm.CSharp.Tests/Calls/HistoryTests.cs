// Long conversations: what a call of one costs beside its body, and that what is kept with a message never goes stale.
using System.Net;
using System.Text;
using Llm.Interop;
using NUnit.Framework;

namespace Llm.Tests.Calls;

public sealed class HistoryTests
{
    private const int Many = 2_000;

    [Test]
    public async Task A_history_costs_one_cell_of_a_list_a_message_more_than_in_the_core()
    {
        Model model = Answering();

        double each = await EachAsync(count =>
        {
            List<Message> messages = Talk(count);
            return () => model.CallAsync(messages);
        });

        // A cell is 32 bytes; a message translated anew would be more than a hundred.
        Assert.That(each - await EachAsync(CoreCall(model)), Is.LessThan(32.1));
    }

    [Test]
    public async Task Going_on_costs_what_it_does_in_the_core()
    {
        Model model = Answering();

        double each = await EachAsync(count =>
        {
            Response answer = model.CallAsync(Talk(count)).Result;
            return () => answer.ResumeAsync("Go on");
        });

        // The core copies the history once, and so does the facade.
        Assert.That(each - await EachAsync(CoreCall(model)), Is.LessThan(32.1));
    }

    [Test]
    public async Task A_conversation_that_an_answer_holds_costs_what_it_does_in_the_core()
    {
        Model model = Answering();

        double each = await EachAsync(count =>
        {
            IReadOnlyList<Message> messages = model.CallAsync(Talk(count)).Result.Messages;
            return () => model.CallAsync(messages);
        });

        Assert.That(each - await EachAsync(CoreCall(model)), Is.LessThan(1));
    }

    [Test]
    public async Task A_copy_of_a_message_that_was_sent_says_what_it_was_changed_to()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("a"), Fake.Answer("b"), Fake.Answer("c"));
        Model model = Fake.Model(script);
        SystemMessage system = Message.System("old rules");
        UserMessage user = Message.User("old question");
        AssistantMessage assistant = Message.Assistant("old reply");

        Response first = await model.CallAsync([system, user, assistant, user]);
        await model.CallAsync([
            system with { Text = "new rules" },
            user with { Content = ["new question"] },
            assistant with { Content = ["new reply"] },
            (UserMessage)first.Messages[3] with { Name = "Ada" },
            (AssistantMessage)first.Messages[4] with { Content = ["new answer"] },
            user,
        ]);

        Assert.That(script.Requests[1].Body, Does.Contain("new rules").And.Contain("new question").And.Contain("new reply").And.Contain("new answer"));
        Assert.That(script.Requests[1].Body, Does.Not.Contain("old rules").And.Not.Contain("old reply"));
    }

    [Test]
    public async Task What_becomes_of_the_callers_list_is_nothing_to_the_answer()
    {
        List<Message> messages = [Message.User("question")];
        Response answer = await Answering().CallAsync(messages);

        messages[0] = Message.User("another");
        messages.Add(Message.User("one more"));

        Assert.That(answer.Messages, Has.Count.EqualTo(2));
        Assert.That(answer.Messages[0], Is.EqualTo(Message.User("question")));
        Assert.That(answer.Messages, Is.EqualTo(answer.Messages.ToList()));
    }

    [Test]
    public async Task Messages_that_were_sent_equal_those_that_were_not()
    {
        UserMessage sent = Message.User("question");
        await Answering().CallAsync([sent]);

        Assert.That(sent, Is.EqualTo(Message.User("question")));
        Assert.That(sent.GetHashCode(), Is.EqualTo(Message.User("question").GetHashCode()));
        Assert.That(sent with { Name = null }, Is.EqualTo(sent));
    }

    [Test]
    public async Task Every_way_to_go_on_sends_the_whole_conversation_in_order()
    {
        ScriptedTransport script = LlmTransport.Scripted(Fake.Answer("2"), Fake.Answer("4"), Fake.Answer("6"), Fake.Answer("8"));
        Model model = Fake.Model(script);

        Response first = await model.CallAsync("1");
        Response second = await first.ResumeAsync("3");
        Response third = await model.CallAsync([.. second.Messages, Message.User("5")]);
        Response last = await (third with { Messages = third.Messages }).ResumeAsync("7");

        Assert.That(last.Messages.Select(Said), Is.EqualTo(new[] { "1", "2", "3", "4", "5", "6", "7", "8" }));
        Assert.That(
            System.Text.Json.JsonDocument.Parse(script.Requests[3].Body).RootElement.GetProperty("messages").EnumerateArray()
                .Select(message => message.GetProperty("content").GetString()),
            Is.EqualTo(new[] { "1", "2", "3", "4", "5", "6", "7" }));
    }

    private static string Said(Message message) => message switch
    {
        UserMessage { Content: [UserText text] } => text.Text,
        AssistantMessage { Content: [AssistantText text] } => text.Text,
        _ => "",
    };

    private static List<Message> Talk(int count) =>
        [.. Enumerable.Range(0, count).Select(turn => turn % 2 == 0 ? (Message)Message.User($"Turn {turn}") : Message.Assistant($"Turn {turn}"))];

    private static Model Answering() => Fake.Model(LlmTransport.FromHttpClient(new HttpClient(new Swallowing())));

    private static Func<int, Func<Task>> CoreCall(Model model) => count =>
    {
        var messages = MessageMapping.ToCore(Talk(count));
        return () => Core.ModelModule.call(messages, CancellationToken.None, model.Engine.Model);
    };

    /// <summary>What one more message costs, in bytes.</summary>
    private static async Task<double> EachAsync(Func<int, Func<Task>> callOf) =>
        (await AllocatedAsync(callOf(1 + Many)) - await AllocatedAsync(callOf(1))) / (double)Many;

    private static async Task<long> AllocatedAsync(Func<Task> call)
    {
        long least = long.MaxValue;

        // Other threads of the process allocate as well, and can only add to it.
        for (int run = 0; run < 7; run++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    /// <summary>Reads the request and answers it.</summary>
    private sealed class Swallowing : HttpMessageHandler
    {
        private static readonly byte[] _answer = Encoding.UTF8.GetBytes(
            """{"id":"a","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes"},"finish_reason":"stop"}]}""");

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.CopyToAsync(Stream.Null, cancellationToken);
            return new(HttpStatusCode.OK) { Content = new ByteArrayContent(_answer), RequestMessage = request };
        }
    }
}
