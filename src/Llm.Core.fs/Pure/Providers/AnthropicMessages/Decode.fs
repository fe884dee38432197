// To be written.
namespace Llm.Core

module internal AnthropicMessagesDecodeStub =
    let private unused = ()
